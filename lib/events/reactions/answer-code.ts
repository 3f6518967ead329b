import { type DeedPace, tooFast } from '../../base/people/deed-pace.ts';
import type { Said } from '../../records/codes.ts';
import type { BusEvent } from '../event.ts';
import { type ReceivedMessage, receivedMessageOf } from '../received-message.ts';

export type CodeDeps = {
  deeds: DeedPace;
  now: () => number;
  appNamed(name: string): { reply(to: ReceivedMessage, text: string): Promise<void> };
};

/** Who said what of a record; `alone`: where nobody else reads the answer. */
export type Asked = { app: string; person: string; said: Said; alone: boolean };

/** The records of one letter, as people speak of them to the robot. */
export type SpokenOf = {
  said(text: string): Said | undefined;
  tooFast(said: Said, againInS: number): string;
  /** What is replied, with an address for this person alone; undefined where nothing is to be said. */
  answer(asked: Asked): Promise<{ text: string; page?: string | undefined } | undefined>;
};

const DAY_MS = 24 * 3_600_000;

/**
 * `同意 A-7F3Q 原因` to the robot is a deed of whoever wrote it: DingTalk's callback names the person, and only the record
 * says who may (interactive.md §2.3). Undefined when the message has not that form.
 */
export function answerCode(deps: CodeDeps, spoken: SpokenOf) {
  return (event: BusEvent) => {
    const message = receivedMessageOf(event);
    const said = message && spoken.said(message.text);
    const person = message?.senderStaffId;
    if (!message || !said || person === undefined) return undefined;
    const asked = { app: event.app, person, said, alone: message.conversationType === '1' };
    return { usefulMs: DAY_MS, run: () => answer(deps, spoken, message, asked) };
  };
}

async function answer(deps: CodeDeps, spoken: SpokenOf, message: ReceivedMessage, asked: Asked): Promise<void> {
  const app = deps.appNamed(asked.app);
  const fast = await tooFast(deps, asked.person);
  if (fast) {
    const isTold = await deps.deeds.mayTell(asked.person);
    return isTold ? app.reply(message, spoken.tooFast(asked.said, fast.againInS)) : undefined;
  }
  const reply = await spoken.answer(asked);
  if (!reply) return;
  if (reply.page === undefined) return app.reply(message, reply.text);
  // by the app's robot to the person: the session in a message is not proved to be theirs (callbacks.md §5.2)
  await app.reply({ ...message, sessionWebhook: undefined }, `${reply.text}\n${reply.page}`);
}
