import { inBoth } from '../../base/language.ts';
import type { Content } from '../content.ts';
import type { Destination } from '../destination.ts';
import { MAX_MENTIONS, type Mention } from '../mention.ts';
import type { Delivery, Message, OutboxItem } from '../message.ts';
import { WORDS } from '../words/words.ts';

/**
 * Which messages go together. The first to a destination leads for a while; those that come meanwhile are gathered in its
 * record. Whichever of them has its turn first takes the others along (messages of one moment may be queued in another
 * order). Whoever is not taken along goes alone: nothing is lost with a gathering.
 */
export type Merges = {
  /** Leads from now on, or is gathered by the one that leads. */
  gather(item: OutboxItem, untilMs: number): Promise<void>;
  /** Ends the gathering that a message leads or is in; answers the others. */
  close(item: OutboxItem): Promise<string[]>;
  /** Makes a waiting message part of another; answers it when it is, by this call or one before. */
  adopt(item: OutboxItem, head: string): Promise<Message | undefined>;
};

type Speaking = Extract<Content, { kind: 'text' | 'markdown' }>;

/**
 * How long (ms) a message waits at this destination for others to go with it; undefined when it goes by itself, as does
 * what is in a hurry or has rules of its own.
 */
export function mergeWindowOf(
  destination: Destination | undefined,
  { content, priority, expiresAt, delivery }: Pick<Message, 'content' | 'priority' | 'expiresAt' | 'delivery'>,
): number | undefined {
  const plain = priority !== 'high' && expiresAt === undefined && delivery === 'at-least-once';
  return plain && isSpeaking(content) ? destination?.merge?.windowMs : undefined;
}

/** Nobody has begun with it. */
export function isUntouched({ status, attempts, done }: Delivery): boolean {
  return status === 'queued' && attempts.length === 0 && done === 0;
}

/** Several messages as one: what is said several times stands once, with its count. */
export function mergedContent(messages: readonly Pick<Message, 'content'>[]): Content {
  const contents = messages.flatMap(({ content }) => (isSpeaking(content) ? [content] : []));
  const [first] = contents;
  if (!first || contents.length === 1) return first ?? { kind: 'text', text: '' };
  const counts = new Map<string, { content: Speaking; count: number }>();
  for (const content of contents) {
    const key = JSON.stringify([content.kind, 'title' in content ? content.title : '', content.text]);
    counts.set(key, { content, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const parts = [...counts.values()];
  const head = `${contents.length} ${inBoth(WORDS, (words) => words.messages)}`;
  if (contents.every(({ kind }) => kind === 'text')) {
    const lines = parts.map(({ content, count }) => `${content.text}${count > 1 ? ` ×${count}` : ''}`);
    return { kind: 'text', text: [head, ...lines].join('\n') };
  }
  const paragraphs = parts.map(({ content, count }) => `${content.text}${count > 1 ? `\n\n×${count}` : ''}`);
  const title = 'title' in first ? first.title : first.text.slice(0, 40);
  return {
    kind: 'markdown',
    title: `${title} (+${contents.length - 1})`,
    text: [`**${head}**`, ...paragraphs].join('\n\n---\n\n'),
  };
}

/** Everybody whom one of the messages mentions, as far as DingTalk's list goes. */
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

function isSpeaking(content: Content): content is Speaking {
  return content.kind === 'text' || content.kind === 'markdown';
}
