import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { judge } from '../../support/judge.ts';
import { stackClient } from '../../support/stack-client.ts';
import { run, scratchFolder, start } from '../scratch.ts';

// Senders as Debian has them (apt-get install prometheus-alertmanager apprise), with nothing changed but the address.

const ALERTMANAGER = 'prometheus-alertmanager';
const MINUTES_MS = 600_000;
const { api, messagesIn, schedule, urls } = await stackClient();
const cwd = scratchFolder();
/** What waits for its time is sent within a minute: the local stack's schedules are ours. */
const minutes = setInterval(() => void schedule('reconcile').catch(() => undefined), 5_000);
afterAll(() => clearInterval(minutes));

/** The address that a sender is given. */
async function addressOf(name: string, rules: object): Promise<URL> {
  const { status, body } = await api('PUT', `/sources/${name}`, { language: 'en', ...rules });
  expect(status).toBe(200);
  const { pathname } = new URL(body.address);
  return new URL(pathname, urls.api);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The texts about a group, at a place. */
const textsOf = async (conversation: string, name: string): Promise<string[]> =>
  (await messagesIn(conversation))
    .map(({ text }: { text: string }) => text)
    .filter((text: string) => text.includes(name));

const NAMES = ['DiskFull', 'CpuHot', 'NodeDown', 'JobLate', 'CertOld'];
const REFIRED = 'CpuHot';

test.skipIf(!judge('real Alertmanager', ALERTMANAGER, ['--version']))(
  'real Alertmanager fires 50 alerts in 5 groups, is killed, resolves them and fires one again: 5 cards, 5 pairs on a custom robot',
  { timeout: MINUTES_MS },
  async () => {
    const url = await addressOf('debian', {
      kind: 'alertmanager',
      to: ['ops', 'project'],
      incidents: { quietGapMinutes: 1 },
    });
    const config = join(cwd, 'alertmanager.yml');
    writeFileSync(
      config,
      [
        'route: { receiver: dock, group_by: [alertname], group_wait: 1s, group_interval: 5s, repeat_interval: 1h }',
        `receivers: [{ name: dock, webhook_configs: [{ url: "${url}", send_resolved: true }] }]`,
      ].join('\n'),
    );
    const port = await freePort();
    const open = () => {
      const running = start(
        ALERTMANAGER,
        [
          `--config.file=${config}`,
          `--storage.path=${cwd}`,
          `--web.listen-address=127.0.0.1:${port}`,
          '--cluster.listen-address=',
        ],
        { cwd },
      );
      onTestFinished(() => void (running.child.signalCode ?? running.stop()));
      return running;
    };
    const own = `http://127.0.0.1:${port}`;
    const isReady = () =>
      fetch(`${own}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    const tell = (names: readonly string[], instances: number, over: object = {}) =>
      fetch(`${own}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(
          names.flatMap((alertname) =>
            Array.from({ length: instances }, (_, n) => ({ labels: { alertname, instance: `web-${n}` }, ...over })),
          ),
        ),
      });
    const patient = { timeout: 120_000, interval: 1_000 };
    const first = open();
    await expect.poll(isReady, patient).toBe(true);
    await tell(NAMES, 10);
    for (const name of NAMES) await expect.poll(() => textsOf('cidProject=', name), patient).toHaveLength(1);
    process.kill(first.child.pid ?? 0, 'SIGKILL');
    await once(first.child, 'exit');
    open();
    await expect.poll(isReady, patient).toBe(true);
    // it forgot what fired, and tells of it anew
    await tell(NAMES, 12);
    const known = async () => (await api('GET', '/incidents')).body.incidents.map(({ text }: { text: string }) => text);
    await expect.poll(known, patient).toEqual(NAMES.map(() => expect.stringContaining('Firing 12 alerts')));
    await tell(NAMES, 12, { endsAt: new Date().toISOString() });
    for (const name of NAMES) {
      await expect.poll(() => textsOf('cidProject=', name), patient).toEqual([expect.stringContaining('✅')]);
    }
    await tell([REFIRED], 3);
    await expect.poll(() => textsOf('cidProject=', REFIRED), patient).toEqual([expect.stringContaining('🔴')]);
    await tell([REFIRED], 3, { endsAt: new Date().toISOString() });
    for (const name of NAMES) {
      await expect
        .poll(() => textsOf('cidOps=', name), patient)
        .toEqual([expect.stringContaining('🔴'), expect.stringContaining('✅')]);
      expect(await textsOf('cidProject=', name)).toEqual([expect.stringContaining('✅')]);
    }
    const again = (await textsOf('cidOps=', REFIRED)).at(-1);
    expect(again).toContain('fired 2 times');
  },
);

test.skipIf(!judge('Apprise', 'apprise', ['--version']))(
  'Apprise of Debian sends to a json source',
  { timeout: MINUTES_MS },
  async () => {
    const { host, pathname } = await addressOf('apprise', { kind: 'json', to: 'ops' });
    await run(
      'apprise',
      ['-t', 'Backup', '-b', 'nightly backup failed', '-n', 'failure', `json://${host}${pathname}`],
      { cwd },
    );
    await expect
      .poll(() => textsOf('cidOps=', 'nightly backup failed'))
      .toEqual([expect.stringContaining('🔴 Backup')]);
  },
);
