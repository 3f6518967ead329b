import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HOST } from '../../stage/local-ports.ts';
import { npmStart } from '../support/npm-start.ts';

const { each, start, shows, ended, ends, open, left } = npmStart();

test('starts, prints commands that work, and leaves nothing behind after Ctrl-C', async () => {
  start();
  await shows('Ready in');
  expect(await open()).toHaveLength(5);
  const [send = '', , share = ''] = each.output.split('\n').filter((line) => line.startsWith('  curl '));
  const answer = execFileSync('sh', ['-c', `${send} --silent`], { encoding: 'utf8' });
  expect(JSON.parse(answer)).toMatchObject({ status: 'sent' });
  execFileSync('sh', ['-c', `${share.replace('README.md', 'package.json')} --silent`]);

  expect(await ends('SIGINT')).toBe(0);
  await expect.poll(left).toEqual({ open: [], processes: [] });
  expect(readFileSync(join(each.folder, 'functions.log'), 'utf8')).toContain('send-message');
});

test('says how to begin anew when what was kept has other tables', async () => {
  mkdirSync(join(each.folder, 'kept'));
  writeFileSync(join(each.folder, 'kept', 'tables.json'), '[]');
  start();
  expect(await ended()).toBe(1);
  expect(each.output).toContain('npm start -- --fresh');
});

test('names a taken port before it starts anything', async () => {
  const other = createServer().listen(each.ports.simulator, HOST);
  start();
  const code = await ended();
  other.close();
  expect(code).toBe(1);
  expect(each.output).toContain(`Port ${each.ports.simulator} for the DingTalk simulator is in use`);
  expect(each.output).not.toMatch(/\n {4}at /);
});

test.each([
  [2, '--frehs', "Unknown option '--frehs'"],
  [0, '--help', 'npm start -- [--fresh]'],
])('ends with %i and what it takes after %s', async (code, option, said) => {
  start({}, [option]);
  expect(await ended()).toBe(code);
  expect(each.output).toContain(said);
  expect(each.output).toContain('begins anew, without what it had');
  expect(each.output).not.toMatch(/\n {4}at /);
});

test('refuses apps that are none', async () => {
  start({ DINGTALK_APPS: '[{"name":"x"}]' });
  expect(await ended()).toBe(1);
  expect(each.output).toContain('DINGTALK_APPS is not a JSON list of apps');
});
