import * as v from 'valibot';
import { callbackPorts, loadSecret } from '../../lib/compose.ts';
import { callbackEnv, readConfig } from '../../lib/config.ts';
import { doorHandler } from '../../lib/lambda/door.ts';
import { once } from '../../lib/lambda/once.ts';
import { MAX_BODY_BYTES, receiveCardClick, receiveEvent, receiveRobotMessage } from './receive-callback.ts';

const ready = once(async () => {
  const config = readConfig(v.object(callbackEnv), process.env);
  return callbackPorts(config, await loadSecret(config));
});

export const handler = doorHandler(ready, MAX_BODY_BYTES, {
  'POST /dingtalk/events': receiveEvent,
  'POST /dingtalk/robot': receiveRobotMessage,
  'POST /dingtalk/cards': receiveCardClick,
});
