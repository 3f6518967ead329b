import { expect, test } from 'vitest';
import { judge } from '../../support/judge.ts';
import { stackClient } from '../../support/stack-client.ts';
import { run, scratchFolder } from '../scratch.ts';

// Apprise as Debian has it (apt-get install apprise), with nothing changed but the address.

const MINUTES_MS = 600_000;
const { api, messagesIn, urls } = await stackClient();
const cwd = scratchFolder();

/** The address that a sender is given. */
async function addressOf(name: string, rules: object): Promise<URL> {
  const { status, body } = await api('PUT', `/sources/${name}`, { language: 'en', ...rules });
  expect(status).toBe(200);
  const { pathname } = new URL(body.address);
  return new URL(pathname, urls.api);
}

/** The texts about a group, at a place. */
const textsOf = async (conversation: string, name: string): Promise<string[]> =>
  (await messagesIn(conversation))
    .map(({ text }: { text: string }) => text)
    .filter((text: string) => text.includes(name));

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
