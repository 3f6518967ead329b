import type { Content } from '../messages/content.ts';
import { asLine } from '../messages/text/plain.ts';
import { shortTitle } from '../messages/text/tokens.ts';
import { tapOf } from '../records/codes.ts';
import type { Incident } from './incident.ts';
import { personName, standing } from './names.ts';
import { WORDS } from './words/words.ts';

/** The address of an incident for a message. */
export type LinkOf = (record: { id: string; app?: string | undefined }, userId?: string, madeAt?: number) => string;

const MAX_TITLE = 64;

/** Below what the source said: the code, who has it, and the way to the page. */
export function footer(incident: Incident, url: string): string {
  const words = WORDS[incident.language];
  const how = standing(incident, words);
  const link = `[${incident.state === 'firing' ? words.message.take : words.message.open}](${url})`;
  return [`**${incident.code}**`, ...(how === undefined ? [] : [asLine(how)]), link].join(' · ');
}

/**
 * To people one to one: a tap on the word has the robot told so, and the link opens the page. `read` are those before them
 * who have read it.
 */
export function toNextPeople(incident: Incident, read: readonly string[], linkOf: () => string): Content {
  const { code, title, text, language } = incident;
  const { message, page } = WORDS[language];
  const readers = read.map((userId) => personName(incident, userId)).join(page.list);
  const ask = readers === '' ? message.yours : asLine(message.readBy(readers));
  const taps = [tapOf(message.take, `${message.take} ${code}`), `[${message.open}](${linkOf()})`].join(' · ');
  return { kind: 'markdown', title, text: [text, ask, `**${code}** · ${taps}`].join('\n\n') };
}

/** To those who were told: somebody has it. */
export function takenNews(incident: Incident, linkOf: () => string): Content {
  const { code, title, language } = incident;
  const words = WORDS[language];
  const how = asLine(standing({ ...incident, state: 'taken' }, words) ?? '');
  const lines = [`**${code}** ${asLine(title)}`, how, `[${words.message.open}](${linkOf()})`];
  return { kind: 'markdown', title: shortTitle(`${code} ${title}`, MAX_TITLE), text: lines.join('\n\n') };
}
