import { afterEach, expect, test } from 'vitest';
import { DingTalkRefusal, DingTalkUnreachable } from '../../lib/base/dingtalk-errors.ts';
import { nightWorld } from '../support/night-world.ts';

const MINUTE_MS = 60_000;
const CARD = { kind: 'card' as const, templateId: 'template', params: { markdown: 'open?' } };
const MESSAGE = { kind: 'markdown' as const, title: 'over', text: 'over' };

let close: () => Promise<void>;
afterEach(() => close());

/** A group, and DingTalk as it knows cards: only those that it took. `answer` is what it says to a card first. */
async function group(answer: () => Error | undefined) {
  const robot = { kind: 'robot-group' as const, app: 'default', openConversationId: 'cid' };
  const world = await nightWorld({ group: robot }, '2026-11-30T02:00:00Z');
  close = world.close;
  const shown: string[] = [];
  world.deps.send = async (_, rendered) => {
    const refusal = rendered.form === 'card' ? answer() : undefined;
    if (refusal) throw refusal;
    const code = 'param.cardNotExist';
    if (rendered.form === 'cardChange' && !shown.includes('card'))
      throw new DingTalkRefusal('cards.update', { code, class: 'gone', status: 400, description: code });
    shown.push(rendered.form);
    return {};
  };
  const card = await world.accept({ to: ['group'], content: CARD });
  const content = { kind: 'cardChange' as const, card, params: { markdown: 'over' } };
  const change = await world.accept({ to: ['group'], content, otherwise: [MESSAGE] });
  return { ...world, shown, change };
}

test('a change waits for its card, which is tried again out of the queue, and comes after it', async () => {
  let left = 5;
  const down = () =>
    left-- > 0 ? new DingTalkUnreachable('cards.createAndDeliver', { code: 'cut', arrived: 'no' }) : undefined;
  const { shown, change, delivery, until, now } = await group(down);
  expect([shown, (await delivery(change, 'group'))?.status]).toEqual([[], 'queued']);
  await until(now() + 30 * MINUTE_MS);
  expect(shown).toEqual(['card', 'cardChange']);
});

test('what went out as no card is told by a message', async () => {
  const refused = () =>
    new DingTalkRefusal('cards.createAndDeliver', { code: 'x', class: 'permission', status: 400, description: 'x' });
  const { shown, change, delivery } = await group(refused);
  expect(shown).toEqual(['robot']);
  expect((await delivery(change, 'group'))?.status).toBe('sent');
});
