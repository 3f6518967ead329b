import { appPeople } from '../../lib/compose/app-people.ts';
import { acceptPorts, deliveryPorts, messageSender } from '../../lib/compose/messages.ts';
import { countedCalls } from '../../lib/compose/meter.ts';
import { deliverMessage } from '../../lib/messages/deliver/deliver-message.ts';
import { memoryLog } from '../support/memory-log.ts';

/**
 * One worker with one record in its hands, in a process of its own, killed where `killAt` says, as often as `killOn` comes by.
 * Arguments: settings as JSON.
 */
const { secret, config, item, killAt, killOn = 1 } = JSON.parse(process.argv[2] ?? '{}');

let came = 0;

function dieAt(point: string): void {
  if (killAt !== point) return;
  came += 1;
  if (came === killOn) process.kill(process.pid, 'SIGKILL');
}

/** Calls `run`, and dies before or after it when that is the point. */
async function around<T>(name: string, run: () => Promise<T>): Promise<T> {
  dieAt(`before-${name}`);
  const result = await run();
  dieAt(`after-${name}`);
  return result;
}

const { log } = memoryLog();
const ports = { ...acceptPorts(config, secret, log), ...deliveryPorts(config) };
const send = messageSender(config, secret, log);
deliverMessage(
  {
    ...ports,
    ...appPeople(secret),
    unknownPeople: async () => [],
    messages: {
      ...ports.messages,
      start: (...args) => around('start', () => ports.messages.start(...args)),
      record: (...args) => around('record', () => ports.messages.record(...args)),
      recordLast: (...args) => around('record', () => ports.messages.recordLast(...args)),
    },
    limiter: { ...ports.limiter, take: (...args) => around('take', () => ports.limiter.take(...args)) },
    send: (...args) => around('send', () => send(...args)),
    withMedia: async (_, content) => content,
    ahead: 0,
    counts: { count: () => undefined },
    ...countedCalls(config, () => undefined, log),
    log,
  },
  item,
)
  .then((outcome) => console.log(JSON.stringify(outcome ?? null)))
  .then(() => process.exit(0));
