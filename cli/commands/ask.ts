import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApprovalView } from '../../contract/answers/approvals.ts';
import type { Command, Given } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { spanOf } from '../span.ts';
import { apiOf } from '../stage/api.ts';
import { targetOf } from '../stage/target.ts';
import type { Io, Style } from '../terminal.ts';

/** What a script reads of a question: anything but 0 is no yes. */
const ANSWERED = { yes: 0, no: 1, over: 2 } as const;
/** Between two looks where nobody may wait at the API just now. */
const PAUSE_MS = 1_000;

export const ask: Command = {
  name: 'ask',
  takes: '[question...]',
  summary: 'ask people for a decision, and wait for it: 0 is yes, 1 no, 2 nobody decided in time',
  options: {
    approvers: { type: 'string', value: '<userIds>', help: 'who may answer, with commas between' },
    to: { type: 'string', value: '<names>', help: 'destinations that are asked; else each approver alone' },
    quorum: { type: 'string', value: '<n>', help: 'so many have to agree (1)' },
    expires: { type: 'string', value: '<10m>', help: 'how long there is time for an answer (1d)' },
    asker: { type: 'string', value: '<userId>', help: 'who asks' },
    details: { type: 'string', value: '<text>', help: 'more about it, in Markdown' },
    'idempotency-key': { type: 'string', value: '<text>', help: 'the same key is the same question' },
  },
  examples: [
    "dingdock ask 'Deploy 1.4?' --to ops --approvers zhangsan,lisi --quorum 2 --expires 10m && ./deploy.sh",
    "dingdock ask '删除旧数据？' --approvers lisi --expires 2h --stage prod",
  ],
  async run(io, given) {
    const body = questionOf(io, given);
    if (io.dryRun) {
      io.answer(body, `would ask ${body.approvers.people.join(', ')}: ${body.question}`);
      return EXIT.done;
    }
    const api = apiOf(io, given, targetOf(io, given));
    const prefer = { prefer: 'wait=20' };
    const headers = { ...prefer, 'idempotency-key': given.text('idempotency-key') ?? randomUUID() };
    let approval = await api.call(ApprovalView, 'POST /approvals', body, headers);
    io.progress(`${approval.code} ${approval.links.page}`);
    while (approval.status === 'pending') {
      const asked = io.now();
      approval = await api.call(ApprovalView, `GET /approvals/${approval.id}`, undefined, prefer);
      const isQuick = approval.status === 'pending' && io.now() - asked < PAUSE_MS;
      if (isQuick) await sleep(PAUSE_MS, undefined, { signal: io.signal });
    }
    io.answer(approval, lineOf(approval, io.style));
    return exitOf(approval);
  },
};

function questionOf(io: Io, given: Given) {
  const question = given.positionals.join(' ');
  const people = given.list('approvers');
  if (question === '' || !people) throw new UsageError('ask needs a question and --approvers <userIds>');
  const [expires, to, asker, details] = [
    given.text('expires'),
    given.list('to'),
    given.text('asker'),
    given.text('details'),
  ];
  const quorum = given.figure('quorum');
  return {
    question,
    approvers: { people, ...(quorum !== undefined && { quorum }) },
    ...(to && { to }),
    ...(expires !== undefined && { expiresAt: new Date(io.now() + spanOf('expires', expires)).toISOString() }),
    ...(asker !== undefined && { asker }),
    ...(details !== undefined && { details }),
  };
}

function exitOf({ status, decision }: ApprovalView): number {
  if (status === 'expired') return ANSWERED.over;
  return status === 'decided' && decision?.choice === 'approve' ? ANSWERED.yes : ANSWERED.no;
}

function lineOf({ code, status, decision }: ApprovalView, { good, bad, warn }: Pick<Style, 'good' | 'bad' | 'warn'>) {
  if (!decision) return `${status === 'expired' ? warn('⌛') : bad('✗')} ${code} ${status}`;
  const who = decision.by.type === 'person' ? decision.by.id : 'nobody in time';
  const said = decision.comment === undefined ? '' : ` · ${decision.comment}`;
  return `${decision.choice === 'approve' ? good('✓') : bad('✗')} ${code} ${decision.choice} · ${who}${said}`;
}
