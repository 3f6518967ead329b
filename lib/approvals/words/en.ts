import type { Words } from './zh.ts';

export const en: Words = {
  status: { pending: 'waiting', decided: 'decided', expired: 'expired', withdrawn: 'withdrawn' },
  choice: { approve: 'Approve', reject: 'Reject' },
  who: { someone: 'Somebody else', asker: 'Asked by', time: 'Nobody answered in time' },
  via: { api: 'API', page: 'page', card: 'card', robot: 'robot', schedule: 'schedule' },
  list: ', ',

  message: {
    titled: (question) => `Approval: ${question}`,
    asked: (code, question) => `Approval ${code}: ${question}`,
    asker: (name) => `Asked by: ${name}`,
    approvers: (names, quorum) => `Approvers: ${names}${quorum > 1 ? ` (${quorum} have to agree)` : ''}`,
    until: (time) => `Until: ${time}`,
    reply: (word, code) => `Or send the robot "**${word} ${code}**"`,
    again: (code, question) => `⏰ Still waiting for your answer to ${code}: ${question}`,
    open: 'Open',
    decided: (label, name) => `${name}: **${label}**`,
    nobody: (label) => `Nobody answered in time: **${label}**`,
    expired: 'Expired without a decision',
    withdrawn: 'Withdrawn, nothing left to do',
  },

  robot: {
    unknown: (code) => `There is no approval ${code} for you.`,
    done: (name, label) => `${name} is noted: ${label}.`,
    waiting: (have, need) => ` (${have}/${need}, waiting for others)`,
    already: (name, label) => `${name} was noted before: ${label}.`,
    over: (name, how) => `${name} is over: ${how}. Your answer changed nothing.`,
    refused: {
      not_an_approver: 'You were not asked.',
      approval_closed: 'It is over.',
      unknown_choice: 'There is no such choice.',
      comment_missing: 'It takes a reason, as in: reject A-7F3Q why',
      not_due: 'It is not due yet.',
    },
  },

  page: {
    otherLanguage: '中文',
    comment: 'Comment (optional)',
    commentFor: (labels) => `Comment (needed for "${labels}")`,
    yours: 'Waiting for your answer.',
    answered: (label) => `You chose "${label}"; others have to answer too.`,
    onlyShows: (code) => `This link only shows it. To answer, send the robot "approve ${code}" or "reject ${code}".`,
    watching: 'You may look at this approval; the people below decide.',
    outcome: 'Outcome',
    asker: 'Asked by',
    until: 'Until',
    details: 'Details',
    files: 'Data',
    people: 'Approvers',
    quorum: (need) => `${need} have to choose the same`,
    history: 'History',
    you: ' (you)',
    zone: 'Times are in:',
    did: { asked: 'asked', answered: 'chose', decided: 'decided', expired: 'time is over', withdrawn: 'withdrew it' },
    unsaved: {
      approval_closed: 'It was over before you tapped. Your answer changed nothing; the outcome stands below.',
      comment_missing: 'This choice takes a comment. Your answer changed nothing.',
      unknown_choice: 'There is no such choice. Your answer changed nothing.',
      not_an_approver: 'You were not asked. Your answer changed nothing.',
      not_due: 'Your answer changed nothing.',
      too_long: 'The comment is too long and was not sent. Shorten it to 1,000 characters.',
    },
    tooFast: (seconds) => `Too fast: your answer changed nothing. Try again in ${seconds} seconds.`,
  },

  notice: {
    broken: ['The link is not whole', 'A part is missing, perhaps from copying. Open the approval from DingTalk.'],
    foreign: ['This is not your link', 'It was changed, or is of another approval. Open the approval from DingTalk.'],
    expired: ['The link has expired', 'It is too old. Open the approval from DingTalk again.'],
    missing: ['There is no such approval', 'It may have been removed.'],
    removed: [
      'This approval is not for you',
      'You are not one of its people, so there is nothing to do. If in doubt, ask who asked.',
    ],
    sorry: [
      'Not possible just now',
      'The system did not answer in time; your answer may not count. Go back, reload, and try again.',
    ],
  },
};
