import { type AnswerDeps, answerIn, answerInChat, ownApproval } from '../../approvals/robot.ts';
import { WORDS } from '../../approvals/words/words.ts';
import { type Corporations, ownRecord } from '../own-records.ts';
import { answerCode, type CodeDeps } from './answer-code.ts';

export type AnswerApprovalDeps = AnswerDeps &
  Corporations &
  CodeDeps & { approvalUrl(record: { id: string; app?: string | undefined }, userId: string): string };

/** `同意 A-7F3Q 原因` to the robot is an answer of whoever wrote it. */
export function answerApproval(all: AnswerApprovalDeps) {
  return answerCode(all, {
    said: answerIn,
    tooFast: ({ language }, againInS) => WORDS[language].page.tooFast(againInS),
    async answer({ app, person, said, alone }) {
      const byCode = async (code: string) => ownRecord(all, app, await all.approvals.byCode(code));
      const deps = { ...all, approvals: { ...all.approvals, byCode } };
      const text = await answerInChat(deps, person, said);
      if (text === undefined) return undefined;
      const own = alone ? await ownApproval(deps, person, said) : undefined;
      return { text, page: own && all.approvalUrl(own, person) };
    },
  });
}
