import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { stackClient } from '../../support/stack-client.ts';
import { bringKuma, callsOf, DRIVERS, had, hasKuma, KUMA_FOLDER, packagesOf } from '../programs.ts';
import { INSTALLS_MS, install, scratchFolder } from '../scratch.ts';
import { KUMA, NODE_CLIENTS } from '../simulator/clients.ts';

// Clients of a custom robot, as their authors publish them: they are given a source's address in place of DingTalk's,
// and hear of each call what DingTalk would have said.

const { api, messagesIn, urls } = await stackClient();
const cwd = scratchFolder();
const SIGNS = { secret: 'SECsimopsrobot' };
/** What each sends, and what of it can be proved: the address of a session is not signed. */
const ROBOTS = {
  'robot-sender.mjs': { proof: SIGNS, sends: ['text', 'markdown', 'link', 'actionCard', 'feedCard'] },
  'robot-sdk.mjs': { proof: {}, sends: ['text', 'markdown', 'link'] },
  'kuma.mjs': { proof: SIGNS, sends: ['text', 'text', 'markdown'] },
};
const clients = [...NODE_CLIENTS, ...(hasKuma() ? [KUMA] : [])].flatMap((client) =>
  Object.entries(ROBOTS).flatMap(([driver, robot]) => (driver === client.driver ? [{ ...client, ...robot }] : [])),
);
let there = false;

beforeAll(async () => {
  writeFileSync(join(cwd, 'package.json'), '{ "private": true }');
  there = await had('clients of a robot', () => install(cwd, ...packagesOf(clients)));
  cpSync(DRIVERS, cwd, { recursive: true });
  if (clients.some(({ driver }) => driver === KUMA.driver)) bringKuma(cwd);
}, INSTALLS_MS);

const inOps = async (): Promise<string[]> =>
  (await messagesIn('cidOps=')).map(({ msgtype }: { msgtype: string }) => msgtype);

test.each(clients)('$name sends to a source by its address', async ({ driver, calls, proof, sends }) => {
  if (!there) return;
  const name = driver.replace('.mjs', '');
  const { body } = await api('PUT', `/sources/${name}`, { kind: 'dingtalk-robot', to: 'ops', ...proof });
  const { pathname, search } = new URL(body.address);
  const before = await inOps();
  const env = {
    OWN_ADDRESS: `${urls.api}${pathname}${search}`,
    SIMULATOR: urls.simulator,
    UPTIME_KUMA: join(cwd, KUMA_FOLDER),
  };
  await callsOf(calls, { command: process.execPath, args: [driver], cwd, env });
  await expect.poll(async () => (await inOps()).slice(before.length)).toEqual(sends);
  const refused = 'wrong secret' in calls ? { refused: 1, lastProblem: { code: 'bad_signature' } } : {};
  // what came is noted after it was sent on
  const seen = async () => (await api('GET', `/sources/${name}`)).body.seen;
  await expect.poll(seen).toMatchObject({ received: sends.length, ...refused });
});
