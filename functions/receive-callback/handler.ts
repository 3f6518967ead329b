import * as v from 'valibot';
import { callbackEnv, readConfig } from '../../lib/base/config.ts';
import { once } from '../../lib/base/once.ts';
import { callbackPorts } from '../../lib/compose/callbacks.ts';
import { doorHandler } from './door.ts';
import { BUDGET_MS, MAX_BODY_BYTES, receiveCardClick, receiveEvent, receiveRobotMessage } from './receive-callback.ts';

/** The doors, with so long for an answer and for each call that it takes. */
export function doorsWithin(budgetMs: number, limits?: Parameters<typeof callbackPorts>[1]) {
  const ready = once(async () => callbackPorts(readConfig(v.object(callbackEnv), process.env), limits));
  // The secret is read while the function starts; a failure is retried, and logged, by the first callback.
  ready().catch(() => undefined);
  return doorHandler({
    ready,
    maxBytes: MAX_BODY_BYTES,
    budgetMs,
    stage: process.env.STAGE,
    noteRefusal: ({ store }) => store.noteRefusal(),
    doors: {
      'POST /dingtalk/events': receiveEvent,
      'POST /dingtalk/robot': receiveRobotMessage,
      'POST /dingtalk/cards': receiveCardClick,
      'POST /dingtalk/{app}/events': receiveEvent,
      'POST /dingtalk/{app}/robot': receiveRobotMessage,
      'POST /dingtalk/{app}/cards': receiveCardClick,
    },
  });
}

export const handler = doorsWithin(BUDGET_MS);
