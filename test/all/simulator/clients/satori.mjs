import { createRequire } from 'node:module';
import { heard, report } from './report.mjs';

const load = createRequire(import.meta.url);
const { Context } = load('@satorijs/core');
const { default: HTTP } = load('@cordisjs/plugin-http');
const { default: adapter } = load('@satorijs/adapter-dingtalk');

const context = new Context();
context.plugin(HTTP);
context.plugin(
  adapter,
  adapter.Config({ protocol: 'ws', secret: 'dingsimsecret', appkey: 'dingsimapp', agentId: 1000001 }),
);
context.on('message', (session) => heard('robot message', session.content));
await context.start?.();
const bot = await new Promise((resolve) => {
  context.on('login-updated', (session) => session.bot.status === 1 && resolve(session.bot));
});
await report({
  token: () => bot.token.length > 0,
  'group message': async () => (await bot.sendMessage('cidOps=', '你好 satori')).length,
  recall: async () => {
    const [id] = await bot.sendMessage('cidOps=', '收回 satori');
    return bot.deleteMessage('cidOps=', id);
  },
});
