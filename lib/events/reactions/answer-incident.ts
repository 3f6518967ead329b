import { type AnswerDeps, answerTap, tapIn } from '../../incidents/robot.ts';
import { WORDS } from '../../incidents/words/words.ts';
import { type Corporations, ownRecord } from '../own-records.ts';
import { answerCode, type CodeDeps } from './answer-code.ts';

/** `认领 I-7F3Q` to the robot is a tap of whoever wrote it, if they are of the incident's organisation. */
export function answerIncident(all: AnswerDeps & Corporations & CodeDeps) {
  return answerCode(all, {
    said: tapIn,
    tooFast: ({ language }, againInS) => WORDS[language].page.tooFast(againInS),
    async answer({ app, person, said }) {
      const byCode = async (code: string) => ownRecord(all, app, await all.incidents.byCode(code));
      return { text: await answerTap({ ...all, incidents: { ...all.incidents, byCode } }, person, said) };
    },
  });
}
