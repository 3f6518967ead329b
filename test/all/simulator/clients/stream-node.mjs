import { DWClient, EventAck } from 'dingtalk-stream';
import { heard } from './report.mjs';

const client = new DWClient({ clientId: 'dingsimapp', clientSecret: 'dingsimsecret' });
client.registerCallbackListener('/v1.0/im/bot/messages/get', (message) => {
  heard('robot message', JSON.parse(message.data).text.content);
  client.socketCallBackResponse(message.headers.messageId, null);
});
client.registerAllEventListener((message) => {
  heard('event', message.headers.eventType);
  return { status: EventAck.SUCCESS };
});
await client.connect();
