// The parts of the plugin, bundled from its own sources with stand-ins for its host program (soimy-bundle in the test).
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heard, report } from './report.mjs';
import * as plugin from './soimy-plugin.mjs';

const log = { info() {}, warn() {}, error() {}, debug() {} };
const config = {
  clientId: 'dingsimapp',
  clientSecret: 'dingsimsecret',
  robotCode: 'dingsimapp',
  corpId: 'dingsimcorp',
  messageType: 'markdown',
};
const file = join(tmpdir(), `soimy-${process.pid}.txt`);
writeFileSync(file, '报告');
let card;

const client = new plugin.DWClient({ clientId: config.clientId, clientSecret: config.clientSecret });
client.registerCallbackListener('/v1.0/im/bot/messages/get', (message) => {
  heard('robot message', JSON.parse(message.data).text.content);
  client.socketCallBackResponse(message.headers.messageId, null);
});
const retries = { maxAttempts: 3, initialDelay: 100, maxDelay: 1000, jitter: 0 };
const manager = new plugin.ConnectionManager(client, 'default', retries, log);

const well = (answer) => {
  if (answer?.ok === false) throw new Error(answer.error);
  return true;
};
await report({
  token: async () => (await plugin.getAccessToken(config, log)).length > 0,
  'group message': async () => well(await plugin.sendMessage(config, 'cidOps=', '# 标题\n\n你好 soimy', { log })),
  'message to a person': async () => well(await plugin.sendMessage(config, 'lisi', '你好 soimy', { log })),
  file: async () => well(await plugin.sendProactiveMedia(config, 'cidOps=', file, 'file', { log })),
  'card: create': async () => {
    card = await plugin.createAICard(config, 'cidOps=', log);
    return card !== null;
  },
  'card: stream': () => plugin.streamAICard(card, '流式', false, log),
  'card: finish': () => plugin.finishAICard(card, '完成', log),
  'card: recall': () => plugin.recallAICardMessage(card, log),
  'connect by Stream': async () => {
    await manager.connect();
    return manager.isConnected();
  },
});
