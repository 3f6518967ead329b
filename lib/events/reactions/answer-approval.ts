import { type AnswerDeps, answerIn, answerInChat, ownApproval, type Said } from '../../approvals/robot.ts';
import { WORDS } from '../../approvals/words/words.ts';
import { type DeedPace, tooFast } from '../../base/people/deed-pace.ts';
import type { BusEvent } from '../event.ts';
import { type Corporations, ownRecord } from '../own-records.ts';
import { type ReceivedMessage, receivedMessageOf } from '../received-message.ts';

export type AnswerApprovalDeps = AnswerDeps &
  Corporations & {
    deeds: DeedPace;
    approvalUrl(record: { id: string; app?: string | undefined }, userId: string): string;
    appNamed(name: string): { reply(to: ReceivedMessage, text: string): Promise<void> };
  };

const DAY_MS = 24 * 3_600_000;

/**
 * `同意 A-7F3Q 原因` to the robot is an answer of whoever wrote it: DingTalk's callback names the person, and only the
 * approval says who may (interactive.md §2.3). Undefined when the message has not that form.
 */
export function answerApproval(deps: AnswerApprovalDeps) {
  return (event: BusEvent) => {
    const message = receivedMessageOf(event);
    const said = message && answerIn(message.text);
    const person = message?.senderStaffId;
    if (!message || !said || person === undefined) return undefined;
    return { usefulMs: DAY_MS, run: () => answer(deps, event.app, { message, person, said }) };
  };
}

type Asked = { message: ReceivedMessage; person: string; said: Said };

async function answer(all: AnswerApprovalDeps, appName: string, { message, person, said }: Asked): Promise<void> {
  const byCode = async (code: string) => ownRecord(all, appName, await all.approvals.byCode(code));
  const deps = { ...all, approvals: { ...all.approvals, byCode } };
  const app = deps.appNamed(appName);
  const fast = await tooFast(deps, person);
  if (fast) {
    const isTold = await deps.deeds.mayTell(person);
    return isTold ? app.reply(message, WORDS[said.language].page.tooFast(fast.againInS)) : undefined;
  }
  const text = await answerInChat(deps, person, said);
  if (text === undefined) return;
  const own = message.conversationType === '1' ? await ownApproval(deps, person, said) : undefined;
  if (!own) return app.reply(message, text);
  // by the app's robot to the person: the session in a message is not proved to be theirs (callbacks.md §5.2)
  await app.reply({ ...message, sessionWebhook: undefined }, `${text}\n${deps.approvalUrl(own, person)}`);
}
