// A part of the stack in a process of its own (apart.ts): its job comes by IPC, and it ends when nobody is there any more.
import type { BusEvent } from '../aws/secrets-and-bus.ts';
import { type Part, type Start, startPart } from './parts.ts';

export type Order = { start: Start } | 'stop';
export type News = 'ready' | { failed: string } | { busEvent: BusEvent };

// A Ctrl-C is for the process that started this one, and that one says when to stop.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit(1));

let part: Part | undefined;
const tell = (news: News) => void (process.connected && process.send?.(news));

process.on('message', async (order: Order) => {
  if (order === 'stop') {
    await part?.close();
    process.exit(0);
  }
  try {
    part = await startPart(order.start, { onBusEvent: (busEvent) => tell({ busEvent }) });
    tell('ready');
  } catch (error) {
    tell({ failed: error instanceof Error ? error.message : String(error) });
  }
});
