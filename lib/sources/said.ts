import type { Language } from '../base/language.ts';
import type { Signal } from '../incidents/incident.ts';
import type { Content } from '../messages/content.ts';
import type { Mention } from '../messages/mention.ts';
import { shortTitle } from '../messages/text/tokens.ts';
import type { Source } from './source.ts';

/** A message that a delivery makes. `plain` says the same for destinations that cannot carry `content`. */
export type Said = {
  content: Content;
  plain: Content;
  mention?: Mention | undefined;
  priority?: 'normal' | 'high' | undefined;
  /** What it says of an incident, where the source has those. */
  incident?: Pick<Signal, 'identity' | 'state' | 'labels'> | undefined;
  /** What tells this from any other message of the sender, for ever. */
  once?: string | undefined;
};

export type Rendering = { said: Said[] /** Why it does not look as it was meant to. */; note?: string };

/** How what a kind of sender delivers becomes messages. */
export type Render = (source: Source, body: string, receivedAt: string) => Rendering | Promise<Rendering>;

export function languageOf({ rules }: Source): Language {
  return rules.language ?? 'zh';
}

/** A text as one message of both forms. */
export function markdown(title: string, text: string): Said {
  const content: Content = { kind: 'markdown', title: shortTitle(title, TITLE), text: text === '' ? title : text };
  return { content, plain: content };
}

/** What DingTalk shows of a title in its lists is shorter still. */
const TITLE = 100;
