import { shortened } from '../messages/text/tokens.ts';
import { type Said, saidOf } from '../records/codes.ts';
import type { Approval, ApprovalStore } from './approval.ts';
import { type ChangeDeps, type ChangedApproval, changeApproval, expireIfOver } from './change-approval.ts';
import { mayAnswer, REJECT } from './life-cycle.ts';
import { approvalName, isConcerned, labelOf, outcomeOf } from './names.ts';
import { WORDS } from './words/words.ts';
import type { Words } from './words/zh.ts';

const LONGEST_COMMENT = 500;

/** What people say for the choices that everybody knows, beside their labels. */
const KNOWN = new Map<string, string>([
  ['同意', 'approve'],
  ['批准', 'approve'],
  ['通过', 'approve'],
  ['approve', 'approve'],
  ['yes', 'approve'],
  ['拒绝', REJECT],
  ['驳回', REJECT],
  ['不同意', REJECT],
  ['reject', REJECT],
  ['no', REJECT],
]);
const STATUS = ['状态', 'status'];

/** The answer in a message, if it has the form of one; of which approval, and whether its word is a choice, is not known yet. */
export const answerIn = (text: string) => saidOf('A', text);

export type ActDeps = ChangeDeps & { now: () => number };
export type AnswerDeps = ActDeps & { approvals: Pick<ApprovalStore, 'byCode'> };

/**
 * Answers for the person whom DingTalk names, and says what to reply; undefined where nothing is to be said: the message
 * has a code in it and was not meant for the robot.
 */
export async function answerInChat(deps: AnswerDeps, person: string, said: Said): Promise<string | undefined> {
  const { word, code, comment, language } = said;
  const words = WORDS[language];
  const found = await deps.approvals.byCode(code);
  const isMeant = KNOWN.has(word) || STATUS.includes(word);
  if (!found || !isConcerned(found, person)) return isMeant ? words.robot.unknown(code) : undefined;
  if (STATUS.includes(word)) {
    const now = await expireIfOver(deps, found);
    const how = now.status === 'pending' ? words.status.pending : outcomeOf(now, words);
    return words.robot.status(approvalName(now), how);
  }
  const choice = choiceOf(found, word);
  if (choice === undefined) return isMeant ? `${approvalName(found)} ${words.robot.refused.unknown_choice}` : undefined;
  const answer = { found, person, choice, comment: shortened(comment, LONGEST_COMMENT), via: 'robot' as const };
  return (await act(deps, answer, words)).text;
}

/** The approval that an approver asks the status of, one-to-one: they get their own page. */
export async function ownApproval(
  deps: AnswerDeps,
  person: string,
  { word, code }: Said,
): Promise<Approval | undefined> {
  if (!STATUS.includes(word)) return undefined;
  const found = await deps.approvals.byCode(code);
  return found && mayAnswer(found).includes(person) ? found : undefined;
}

function choiceOf({ choices }: Approval, word: string): string | undefined {
  const same = (text: string) => text.normalize('NFKC').toLowerCase() === word;
  const named = choices.find(({ id, label }) => same(id) || same(label))?.id;
  const known = KNOWN.get(word);
  return named ?? choices.find(({ id }) => id === known)?.id;
}

type Act = { found: Approval; person: string; choice: string; comment: string; via: 'robot' | 'card' };

/** Answers, and says in words what became of it. */
export async function act(deps: ActDeps, { found, person, choice, comment, via }: Act, words: Words) {
  const by = { type: 'person' as const, id: person, via };
  const changed = await changeApproval(deps, found.id, { type: 'answer', choice }, { by, at: deps.now(), comment });
  return { changed, text: await saidOfIt(deps, { found, choice }, changed, words) };
}

async function saidOfIt(
  deps: ActDeps,
  { found, choice }: Pick<Act, 'found' | 'choice'>,
  changed: ChangedApproval,
  words: Words,
): Promise<string> {
  const say = words.robot;
  if ('missing' in changed) return say.unknown(found.code);
  const name = approvalName(changed.record);
  const label = labelOf(changed.record, choice);
  if ('same' in changed)
    return changed.same ? say.already(name, label) : say.done(name, label) + progress(changed.record, choice, words);
  if (changed.refused !== 'approval_closed') return `${name} ${say.refused[changed.refused]}`;
  return say.over(name, outcomeOf(await expireIfOver(deps, changed.record), words));
}

function progress({ status, answers, approvers }: Approval, choice: string, words: Words): string {
  const have = answers.filter((answer) => answer.choice === choice).length;
  return status === 'pending' ? words.robot.waiting(have, approvers.quorum) : '';
}
