import { expect, test } from 'vitest';
import { dingtalkApps, dingtalkHttp } from '../../../lib/compose/apps.ts';
import { missedPorts } from '../../../lib/compose/callbacks.ts';
import { mediaPorts } from '../../../lib/compose/files.ts';
import type { Apps } from '../../../lib/compose/secret.ts';
import { taskPorts } from '../../../lib/compose/tasks.ts';
import { memoryLog } from '../../support/memory-log.ts';

const CONFIG = {
  ...{ AWS_REGION: 'us-east-1', DINGTALK_SECRET_ID: 'secret', KEEP_DAYS: 90, TOKENS_TABLE: 'tokens' },
  ...{ DINGTALK_API_URL: 'http://127.0.0.1:1', DINGTALK_OAPI_URL: 'http://127.0.0.1:1' },
  ...{ LIMITS_TABLE: 'limits', MONTHLY_API_CALLS: 5_000, MONTHLY_WEBHOOK_CALLS: 3_000, QUOTA_RESERVE_PERCENT: 10 },
  ...{
    SHARES_TABLE: 'shares',
    UPLOADS_BUCKET: 'uploads',
    TASKS_TABLE: 'tasks',
    RECORDS_TABLE: 'records',
    BUS_NAME: 'bus',
  },
  ...{
    TASKS_QUEUE_URL: 'http://127.0.0.1:1/tasks',
    EVENTS_TABLE: 'events',
    EVENTS_QUEUE_URL: 'http://127.0.0.1:1/events',
  },
};

function secretWith(proxy?: string): Apps {
  const app = {
    ...{ name: 'default', corpId: 'dingcorp', appKey: 'dingkey', appSecret: 'app secret' },
    ...{ agentId: 1, robotCode: 'dingkey', timeZone: 'Asia/Shanghai', language: 'zh' as const },
    ...{ callbacks: [{ token: 'token', aesKey: 'key' }], cardSecrets: [], failedListMinutes: 5 },
  };
  return { apps: [app], proxy };
}

test('an app has one token provider and one client in a container, whatever asks for it', () => {
  const { log } = memoryLog();
  const secret = secretWith();
  const app = dingtalkApps(CONFIG, secret, log)('default');
  expect(dingtalkApps(CONFIG, secret, log)()).toBe(app);
  expect(mediaPorts(CONFIG, secret, log).appNamed('default')).toBe(app);
  expect(taskPorts(CONFIG, secret, log).taskApp('default').robot).toBe(app.robot);
  expect(missedPorts(CONFIG, secret, log).apps.map(({ failedList }) => failedList)).toEqual([app.failedList]);
  expect(dingtalkApps(CONFIG, secretWith(), log)()).not.toBe(app);
});

test('all calls to DingTalk share one pool of connections, and each proxy has its own', () => {
  const http = dingtalkHttp(secretWith());
  expect(dingtalkHttp(secretWith())).toBe(http);
  const proxied = dingtalkHttp(secretWith('http://proxy.example:3128'));
  expect(proxied).not.toBe(http);
  expect(dingtalkHttp(secretWith('http://proxy.example:3128'))).toBe(proxied);
});
