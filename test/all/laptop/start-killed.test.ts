import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HOST } from '../../../stage/local-ports.ts';
import { npmStart } from '../../support/npm-start.ts';

const { each, start, shows, ends, processes, left } = npmStart();

test.each(['SIGTERM', 'SIGHUP'] as const)('leaves nothing behind after %s in the middle of a start', async (signal) => {
  start();
  await shows('waiting for the API');
  expect(processes()).toHaveLength(1);
  expect(await ends(signal)).toBe(0);
  await expect.poll(left).toEqual({ open: [], processes: [] });
});

test('takes the functions along when it is killed', async () => {
  start();
  await shows('waiting for the API');
  await ends('SIGKILL');
  await expect.poll(() => processes()).toEqual([]);
});

/** The process of a part, or of the functions. */
function processOf(part: string): number {
  const lines = execFileSync('ps', ['-A', '-o', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n');
  const ours = lines.filter((line) => Number(line.trim().split(/ +/)[1]) === each.child?.pid);
  const found = ours.find((line) => line.includes(`parts/process.ts ${part}`) || line.includes(`${part} start`));
  return Number(found?.trim().split(/ +/)[0]);
}

const api = (method: string, path: string, body?: object) =>
  fetch(`http://${HOST}:${each.ports.api}${path}`, {
    method,
    headers: { authorization: 'Bearer local', 'content-type': 'application/json', prefer: 'wait=20' },
    ...(body && { body: JSON.stringify(body) }),
  });
const sent = async (text: string) =>
  (await (await api('POST', '/messages', { to: 'project', text })).json()) as { id: string; status: string };
const texts = async () => {
  const messages = (await (await fetch(`http://${HOST}:${each.ports.simulator}/_sim/messages`)).json()) as {
    text: string;
  }[];
  return messages.map(({ text }) => text);
};
const statusOf = async (id: string) => (await api('GET', `/messages/${id}`).catch(() => undefined))?.status;

test('goes on with what it had after parts were killed, after a Ctrl-C amid requests, and anew with --fresh', async () => {
  start();
  await shows('Ready in');
  const { id } = await sent('一');
  for (const part of ['dynamodb', 'aws', 'simulator', 'offline']) {
    await expect.poll(texts).toContain('一');
    await expect.poll(() => readdirSync(join(each.folder, 'kept', 'simulator'))).toContain('state');
    const killed = processOf(part);
    process.kill(killed, 'SIGKILL');
    await expect.poll(() => processOf(part)).not.toBe(killed);
    await expect.poll(() => statusOf(id)).toBe(200);
  }
  await expect.poll(() => each.output.match(/starting it again/g)?.length).toBe(4);
  await expect.poll(() => sent('二').catch(() => undefined)).toMatchObject({ status: 'sent' });

  const before = each.output.length;
  const requests = Array.from({ length: 20 }, () => sent('三').catch(() => undefined));
  await expect.poll(texts).toContain('三');
  expect(await ends('SIGINT')).toBe(0);
  expect(each.output.slice(before).trim()).toMatch(/^(→ bus: .*\n)*Stopping …$/);
  await Promise.all(requests);
  await expect.poll(left).toEqual({ open: [], processes: [] });

  start();
  await shows('Ready in');
  expect(await statusOf(id)).toBe(200);
  expect(await texts()).toEqual(expect.arrayContaining(['一', '二', '三']));
  expect(await ends('SIGINT')).toBe(0);

  start({}, ['--fresh']);
  await shows('Ready in');
  expect(await statusOf(id)).toBe(404);
  expect(await texts()).toEqual([]);
  expect(await ends('SIGINT')).toBe(0);
});
