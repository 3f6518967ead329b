import type { Words } from './zh.ts';

export const en: Words = {
  gathered: (count) => `${count} more updates in between`,
  lasted: (minutes) =>
    minutes < 60 ? `It lasted ${minutes} min` : `It lasted ${Math.floor(minutes / 60)} h ${minutes % 60} min`,
  again: (count) => `It fired ${count} times`,
  between: ', ',

  state: { firing: 'firing', taken: 'taken', silenced: 'silenced', resolved: 'resolved' },
  via: { api: 'API', page: 'page', card: 'card', robot: 'robot', schedule: 'schedule' },

  message: {
    take: 'Take',
    silence: 'Silence',
    open: 'Open',
    taken: (name) => `🙋 ${name} has taken it`,
    silenced: (name) => `🔕 ${name} has silenced it`,
    yours: 'Nobody has taken it yet: please do.',
    readBy: (names) => `Read by ${names}, but nobody has taken it yet: please do.`,
  },

  robot: {
    unknown: (code) => `There is no incident ${code}.`,
    status: (name, how) => `${name}: ${how}`,
    took: (name) => `${name} is yours.`,
    silenced: (name) => `${name} is silenced: nobody else is told until it is resolved.`,
    refused: {
      taken: (name, person) => `${person} has taken ${name}: there is nothing for you to do.`,
      over: (name) => `${name} is resolved: there is nothing left to do.`,
    },
  },

  page: {
    otherLanguage: '中文',
    take: 'Take it',
    silence: 'Silence it',
    yours: 'Nobody has taken it yet. Take it, and the others know that it is yours.',
    mine: 'It is yours.',
    quiet: 'Silenced: nobody else is told until it is resolved.',
    over: 'It is resolved: there is nothing left to do.',
    theirs: (name) => `${name} has taken it: there is nothing for you to do.`,
    onlyShows: (code) => `This link only shows it. To take it, send the robot "take ${code}".`,
    source: 'Source',
    opened: 'Began',
    resolved: 'Resolved',
    text: 'What is told',
    told: 'Told',
    read: 'Read by',
    history: 'History',
    list: ', ',
    zone: 'Times are in:',
    did: {
      fired: 'fired',
      updated: 'updated',
      taken: 'took it',
      silenced: 'silenced it',
      resolved: 'resolved',
      fired_again: 'fired again',
    },
    tooFast: (seconds) => `That was too fast, and changed nothing. Try again in ${seconds} s.`,
  },

  notice: {
    broken: ['Incomplete link', 'A part of this link is missing. Open the incident from DingTalk.'],
    foreign: [
      'Not your link',
      'This link was changed, or belongs to another incident. Open the incident from DingTalk.',
    ],
    expired: ['The link is too old', 'Open the incident from DingTalk again.'],
    missing: ['No such incident', 'It may have been deleted.'],
  },
};
