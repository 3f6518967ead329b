import type { Content } from '../content.ts';
import type { Destination } from '../destination.ts';
import { robotsOf } from '../kinds/kinds.ts';

/** The word without which a robot refuses a message (messaging.md §2); empty where none is wanted. */
export function keywordOf(destination: Destination): string {
  return ('keyword' in destination && destination.keyword) || '';
}

/** Whether nobody said what a robot wants: one that signs wants nothing in the text, another may want a keyword. */
export function mayWantKeyword(destination: Destination): boolean {
  const unsigned = (robot: Destination) => 'accessToken' in robot && robot.secret === undefined;
  return robotsOf(destination).some((robot) => unsigned(robot) && !('keyword' in robot && robot.keyword !== undefined));
}

export function keywordIn(text: string, keyword: string): boolean {
  return text.includes(keyword);
}

/** The content with the keyword, written before it where it is missing. */
export function withKeyword(content: Content, keyword: string): Content {
  if ('text' in content) {
    const gap = content.kind === 'markdown' || content.kind === 'actionCard' ? '\n\n' : '\n';
    return keywordIn(content.text, keyword) ? content : { ...content, text: `${keyword}${gap}${content.text}` };
  }
  if (content.kind !== 'feedCard' || content.items.some(({ title }) => keywordIn(title, keyword))) return content;
  const items = content.items.map((item, at) => (at === 0 ? { ...item, title: `${keyword} ${item.title}` } : item));
  return { ...content, items };
}
