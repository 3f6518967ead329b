import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startEmulator } from './emulator.ts';

let keptIn: string;
beforeEach(() => {
  keptIn = mkdtempSync(join(tmpdir(), 'dingdock-kept-'));
});
afterEach(() => rmSync(keptIn, { recursive: true, force: true }));

test.each(['given', 'given.fifo'])(
  'a record of %s that is given back at once comes again, over a restart too',
  async (QueueName) => {
    const isFifo = QueueName.endsWith('.fifo');
    const Attributes = isFifo ? { FifoQueue: 'true' } : {};
    const group = isFifo ? { MessageGroupId: 'g', MessageDeduplicationId: 'd' } : {};
    let { sqs, close } = await startEmulator({ keptIn });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '你好', ...group }));
    const receive = async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? [];
    const giveBack = async ([message]: Message[]) =>
      sqs.send(
        new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 }),
      );
    await giveBack(await receive());
    const again = await receive();
    expect(again).toMatchObject([{ Body: '你好' }]);
    await giveBack(again);
    await close();

    const second = await startEmulator({ keptIn });
    sqs = second.sqs;
    close = second.close;
    const { QueueUrl: same } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: same }));
    expect(Messages).toMatchObject([{ Body: '你好' }]);
    await close();
  },
);
