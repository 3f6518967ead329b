import { expect, test } from 'vitest';
import { queueText } from '../../../lib/aws/queues/queue-text.ts';
import fc from '../../support/property.ts';

test('whatever a chat message holds, SQS takes it and the reader gets it back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const body = queueText({ text });
      return !/[^\u0020-\ud7ff\ue000-\ufffd]/.test(body) && JSON.parse(body).text === text;
    }),
  );
  expect(queueText({ text: '你好 🤖\uffff' })).toBe('{"text":"你好 \\ud83e\\udd16\\uffff"}');
});
