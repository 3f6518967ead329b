import { afterEach, expect, test } from 'vitest';
import { sha256 } from '../../lib/base/hash.ts';
import { fillTemplate } from '../../lib/compose/templates.ts';
import { receiveFrom } from '../../lib/sources/receive.ts';
import { renderSource } from '../../lib/sources/render-source.ts';
import { newSourceKey, type Received, type Source } from '../../lib/sources/source.ts';
import { nightWorld } from '../support/night-world.ts';

const MINUTE_MS = 60_000;
/** With as many as a full run has. */
const ALERTS = Number(process.env.ALERTS ?? 50);
const DESTINATIONS = { ops: { kind: 'custom-robot' as const, accessToken: 'ops' } };
const close: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const one of close.splice(0)) await one();
});

test(`of ${ALERTS} alerts at once through robot/send all are kept and sent, in order, and at most 20 a minute`, async () => {
  const night = await nightWorld(DESTINATIONS, '2026-11-29T02:00:00Z');
  close.push(night.close);
  const key = newSourceKey('kuma');
  const source: Source = {
    name: 'kuma',
    owner: 'key:ci',
    rules: { kind: 'dingtalk-robot', to: ['ops'] },
    keyHash: sha256(key),
  };
  const kept: Received[] = [];
  let ids = 0;
  const destinations = { get: async () => DESTINATIONS.ops };
  const sources = { get: async () => source, read: async () => source, note: async () => undefined };
  const door = {
    sources,
    destinations,
    queue: { put: async (received: Received) => void kept.push(received) },
    raw: { put: async () => expect.fail('no body is that large'), get: async () => '' },
    certificate: () => expect.fail('nothing is fetched'),
    confirm: () => expect.fail('nothing is confirmed'),
    randomId: () => `r${ids++}`,
    refused: () => expect.fail('nothing is refused'),
    now: night.now,
    log: night.deps.log,
  };
  const arrive = (n: number) => {
    const body = JSON.stringify({ msgtype: 'text', text: { content: `alert ${n}` } });
    const headers = { 'content-type': 'application/json' };
    return receiveFrom(door, 'robot', {
      key,
      requestId: `q${n}`,
      delivery: { headers, query: {}, bytes: Buffer.from(body) },
    });
  };
  const all = Array.from({ length: ALERTS }, (_, n) => n);
  const answers = await Promise.all(all.map(arrive));
  expect(new Set(answers.map(({ body }) => JSON.stringify(body)))).toEqual(new Set(['{"errcode":0,"errmsg":"ok"}']));
  expect(kept).toHaveLength(ALERTS);
  const deps = {
    ...night.deps,
    sources,
    raw: door.raw,
    most: { parts: 20, calls: 200 },
    fill: fillTemplate,
    incidents: { get: async () => undefined, create: fail, put: fail, claimCode: fail },
    queue: { put: fail },
    incidentId: () => '',
  };
  for (const received of kept) await renderSource(deps, received);
  await night.work();
  const texts = night.sent.map(({ rendered }) => rendered.form === 'webhook' && Object(rendered.body.text).content);
  expect(texts).toEqual(all.map((n) => `alert ${n}`));
  const times = night.sent.map(({ at }) => at);
  const mostInAMinute = Math.max(
    ...times.map((from) => times.filter((at) => at >= from && at < from + MINUTE_MS).length),
  );
  expect(mostInAMinute).toBe(20);
});

function fail(): never {
  expect.fail('there are no incidents');
}
