import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROBOT, report } from './report.mjs';

const load = createRequire(join(process.env.UPTIME_KUMA ?? '', 'server/notification-providers/dingding.js'));
const DingDing = load('./dingding.js');
const provider = new DingDing();
const address = { webHookUrl: ROBOT.address };
const own = { ...address, secretKey: ROBOT.secret };
const beat = { status: 0, msg: 'timeout', timezone: 'Asia/Shanghai', localDateTime: '2026-11-22 10:00:00' };

await report({
  text: () => provider.send(own, '你好 kuma'),
  'text to all': () => provider.send({ ...own, mentioning: 'everyone' }, '你好 kuma'),
  markdown: () => provider.send(own, '', { name: 'site' }, beat),
  'wrong secret': () => provider.send({ ...address, secretKey: 'SECwrong' }, '你好'),
});
