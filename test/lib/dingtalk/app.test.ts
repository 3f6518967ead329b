import * as v from 'valibot';
import { expect, test } from 'vitest';
import { DingTalkApp } from '../../../lib/dingtalk/app.ts';

const APP = {
  name: 'sim',
  corpId: 'dingsimcorp',
  appKey: 'dingsimapp',
  appSecret: 'dingsimsecret',
  callbacks: [{ token: 'simcallbacktoken', aesKey: 'simsimsimsimsimsimsimsimsimsimsimsimsimsim0' }],
  cardSecrets: ['s'],
};
const isGood = (changes: object) => v.is(DingTalkApp, { ...APP, ...changes });

test('the robot of an app goes by the app key unless it is said otherwise', () => {
  expect(v.parse(DingTalkApp, APP)).toEqual({
    ...APP,
    robotCode: 'dingsimapp',
    timeZone: 'Asia/Shanghai',
    language: 'zh',
    failedListMinutes: 60,
  });
  expect(v.parse(DingTalkApp, { ...APP, robotCode: 'another' }).robotCode).toBe('another');
});

test.each([
  { agentId: 1000001 },
  { operatorUserId: 'zhangsan' },
  { tokenSource: 'gettoken' },
  { tokenSource: 'gettoken-corp', corpSecret: 's' },
  { callbacks: [], cardSecrets: [] },
  { callbacks: [...APP.callbacks, { token: 'abc', aesKey: 'A'.repeat(43) }] },
])('takes %j', (changes) => {
  expect(isGood(changes)).toBe(true);
});

test.each([
  { appsecret: 'a misspelt key' },
  { appSecret: '' },
  { agentId: '1000001' },
  { agentId: 0 },
  { tokenSource: 'else' },
  { tokenSource: 'gettoken-corp' },
  { callbacks: undefined },
  { callbacks: [{ token: 'ab', aesKey: 'A'.repeat(43) }] },
  { callbacks: [{ token: 'a'.repeat(64), aesKey: 'A'.repeat(43) }] },
  { callbacks: [{ token: 'abc', aesKey: 'A'.repeat(42) }] },
  { callbacks: [{ token: 'abc', aesKey: `${'A'.repeat(42)}=` }] },
  { callbacks: [{ token: 'abc', aesKey: 'A'.repeat(43), more: 1 }] },
  { cardSecrets: [''] },
])('refuses %j', (changes) => {
  expect(isGood(changes)).toBe(false);
});

test('the drive acts in the name of a person, so it needs one', () => {
  const drive = { folder: 'dingdock' };
  expect(v.is(DingTalkApp, { ...APP, drive })).toBe(false);
  expect(v.is(DingTalkApp, { ...APP, drive, operatorUserId: 'zhangsan' })).toBe(true);
});
