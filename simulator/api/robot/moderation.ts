import { isObject } from '../../json.ts';
import type { Said } from '../../world/message.ts';
import type { State } from '../../world/state.ts';

export type Objection = 'url' | 'text' | 'picture' | 'content';

/**
 * What DingTalk's content check objects to (messaging.md §2.4, §3.6, §5.8). Its lists are not public, so they are
 * settings: `unsafeUrls` are beginnings of addresses, `forbiddenWords` words, `forbiddenContents` what a message as a
 * whole is refused for.
 */
export function objection(state: State, { content }: Said): Objection | undefined {
  const { unsafeUrls, forbiddenWords, forbiddenContents } = state.settings;
  const texts = textsOf(content);
  const unsafe = texts.find(({ text }) => unsafeUrls.some((url) => text.includes(url)));
  if (unsafe) return /^(picUrl|picURL|photoURL)$/.test(unsafe.key) ? 'picture' : 'url';
  if (texts.some(({ text }) => forbiddenWords.some((word) => text.includes(word)))) return 'text';
  return texts.some(({ text }) => forbiddenContents.some((word) => text.includes(word))) ? 'content' : undefined;
}

function textsOf(value: unknown, key = ''): { key: string; text: string }[] {
  if (typeof value === 'string') return [{ key, text: value }];
  if (Array.isArray(value)) return value.flatMap((item) => textsOf(item, key));
  return isObject(value) ? Object.entries(value).flatMap(([name, item]) => textsOf(item, name)) : [];
}
