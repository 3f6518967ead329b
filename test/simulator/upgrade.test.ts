import { once } from 'node:events';
import { request } from 'node:http';
import { startSimulator } from 'dingtalk-simulator';
import { expect, test } from 'vitest';
import { desk } from './desk.ts';

const here = desk();

test('a client that offers another protocol, as that of Java does, is answered all the same', async () => {
  const headers = {
    connection: 'Upgrade, HTTP2-Settings',
    upgrade: 'h2c',
    'http2-settings': 'AAEAAEAAAAIAAAABAAMAAABk',
  };
  const asking = request(`${here.url}/_sim/settings`, { headers }).end();
  const [answer] = await once(asking, 'response');
  let text = '';
  for await (const chunk of answer) text += chunk;
  expect([answer.statusCode, JSON.parse(text).qps]).toEqual([200, 20]);
});

test('a WebSocket that is refused does not keep the simulator from closing', async () => {
  const simulator = await startSimulator({ port: 0 });
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
  };
  const asking = request(`${simulator.url}/connect?ticket=none`, { headers }).end();
  const [answer] = await once(asking, 'response');
  expect(answer.statusCode).toBe(401);
  await simulator.close();
});
