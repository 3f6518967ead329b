import { once } from 'node:events';
import { existsSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { judge } from '../../support/judge.ts';
import { start } from '../scratch.ts';

const PROGRAM = 'prometheus-alertmanager';
const TEMPLATE = '/usr/share/prometheus/alertmanager/default.tmpl';
/** Prometheus tells of everything that fires again and again. */
const TOLD_EVERY_MS = 3_000;

/** Whether Alertmanager is here as Debian has it (apt-get install prometheus-alertmanager): without its file it does not start. */
export function hasAlertmanager(): boolean {
  if (!judge('real Alertmanager', PROGRAM, ['--version'])) return false;
  if (existsSync(TEMPLATE)) return true;
  writeSync(1, `skipped: real Alertmanager: ${TEMPLATE} is missing\n`);
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

type Alert = { labels: Record<string, string>; annotations?: Record<string, string>; endsAt?: string };

/** Alertmanager with one receiver, an address and no more, and a Prometheus that tells it what is so; for a test. */
export async function alertmanager(url: URL, cwd: string) {
  const config = join(cwd, 'alertmanager.yml');
  writeFileSync(
    config,
    [
      'route: { receiver: dock, group_by: [alertname], group_wait: 1s, group_interval: 5s, repeat_interval: 1h }',
      `receivers: [{ name: dock, webhook_configs: [{ url: "${url}", send_resolved: true }] }]`,
    ].join('\n'),
  );
  const port = await freePort();
  const open = () =>
    start(
      PROGRAM,
      [
        `--config.file=${config}`,
        `--storage.path=${cwd}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ],
      { cwd },
    );
  const alerts = new Map<string, Alert[]>();
  const tellAll = () =>
    fetch(`http://127.0.0.1:${port}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([...alerts.values()].flat()),
    }).catch(() => undefined); // it is dead, or not there yet
  let running = open();
  const telling = setInterval(() => void tellAll(), TOLD_EVERY_MS);
  const stop = () => {
    clearInterval(telling);
    if (running.child.signalCode === null) running.stop();
  };
  onTestFinished(stop);
  return {
    stop,
    /** From now on so many instances of this fire, or `over`. */
    tell(alertname: string, instances: number, over: Partial<Alert> = {}) {
      const all = Array.from({ length: instances }, (_, n) => ({
        labels: { alertname, instance: `web-${n}` },
        ...over,
      }));
      alerts.set(alertname, all);
      return tellAll();
    },
    /** As a crash; it comes back, and has forgotten everything. */
    async kill() {
      process.kill(running.child.pid ?? 0, 'SIGKILL');
      await once(running.child, 'exit');
      running = open();
    },
  };
}
