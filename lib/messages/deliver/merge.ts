import type { Language } from '../../base/language.ts';
import type { Content } from '../content.ts';
import type { Destination } from '../destination.ts';
import { MAX_MENTIONS, type Mention } from '../mention.ts';
import type { Delivery, Message, OutboxItem } from '../message.ts';
import { closed } from '../text/blocks.ts';
import { asMarkdown } from '../text/plain.ts';
import { shortened } from '../text/tokens.ts';
import { WORDS } from '../words/words.ts';

/**
 * Which messages are merged. The first message to a destination leads for a while; those that come meanwhile are gathered
 * in its record. Whichever comes out of the queue first sends them all (messages of the same moment may be queued in
 * another order). A message that is not adopted is sent alone, so none is lost.
 */
export type Merges = {
  /** The message becomes the leader, or is gathered in the record of the current leader. */
  gather(item: OutboxItem, untilMs: number): Promise<void>;
  /** Ends the gathering that a message leads or belongs to; answers the other messages. */
  close(item: OutboxItem): Promise<string[]>;
  /** Makes a waiting message part of another; answers whether it is, by this call or an earlier one. */
  adopt(item: OutboxItem, head: string): Promise<boolean>;
};

/** A list of conversations shows a few words of a title. */
const TITLE_CHARS = 40;

type Speaking = Extract<Content, { kind: 'text' | 'markdown' }>;

/**
 * How long (ms) a message waits at this destination to be merged with others; undefined when it is not merged. Urgent
 * messages, those that expire, those with a time of their own and at-most-once messages never are.
 */
export function mergeWindowOf(
  destination: Destination | undefined,
  message: Mergeable & Pick<Message, 'sendAt'>,
): number | undefined {
  return isMergeable(message) && message.sendAt === undefined ? destination?.merge?.windowMs : undefined;
}

type Mergeable = Pick<Message, 'content' | 'priority' | 'expiresAt' | 'delivery'>;

/** Whether a message may go as a part of another one. */
export function isMergeable({ content, priority, expiresAt, delivery }: Mergeable): boolean {
  return priority !== 'high' && expiresAt === undefined && delivery === 'at-least-once' && isSpeaking(content);
}

/** No attempt was made yet. */
export function isUntouched({ status, attempts, done }: Delivery): boolean {
  return status === 'queued' && attempts.length === 0 && done === 0;
}

/** Several messages as one: equal texts stand once, with their count. */
export function mergedContent(messages: readonly Pick<Message, 'content'>[], language: Language): Content {
  const contents = messages.flatMap(({ content }) => (isSpeaking(content) ? [content] : []));
  const [first] = contents;
  if (!first || contents.length === 1) return first ?? { kind: 'text', text: '' };
  const counts = new Map<string, { content: Speaking; count: number }>();
  for (const content of contents) {
    const key = JSON.stringify([content.kind, 'title' in content ? content.title : '', content.text]);
    counts.set(key, { content, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const parts = [...counts.values()];
  const head = WORDS[language].messages(contents.length);
  if (contents.every(({ kind }) => kind === 'text')) {
    const lines = parts.map(({ content, count }) => `${content.text}${count > 1 ? ` ×${count}` : ''}`);
    return { kind: 'text', text: [head, ...lines].join('\n') };
  }
  const paragraphs = parts.map(({ content, count }) => `${markdownOf(content)}${count > 1 ? `\n\n×${count}` : ''}`);
  const title = 'title' in first ? first.title : shortened(first.text.trim().replace(/\s+/g, ' '), TITLE_CHARS);
  return {
    kind: 'markdown',
    title: `${title} (+${contents.length - 1})`,
    text: [`**${head}**`, ...paragraphs].join('\n\n---\n\n'),
  };
}

/** All people mentioned by the messages, up to DingTalk's limit. */
export function mergedMention(messages: readonly Pick<Message, 'mention'>[]): Mention | undefined {
  const mentions = messages.flatMap(({ mention }) => (mention ? [mention] : []));
  if (mentions.length === 0) return undefined;
  const all = (of: (mention: Mention) => string[] | undefined) => [
    ...new Set(mentions.flatMap((one) => of(one) ?? [])),
  ];
  const users = all((one) => one.users).slice(0, MAX_MENTIONS);
  const mobiles = all((one) => one.mobiles).slice(0, MAX_MENTIONS - users.length);
  return { users, mobiles, all: mentions.some((one) => one.all), fallback: 'text' };
}

/** A code fence that one of them leaves open would swallow the next ones. */
function markdownOf(content: Speaking): string {
  return content.kind === 'text' ? asMarkdown(content.text) : closed(content.text);
}

function isSpeaking(content: Content): content is Speaking {
  return content.kind === 'text' || content.kind === 'markdown';
}
