import type { Language } from '../language.ts';
import * as en from './en.ts';
import * as zh from './zh.ts';

/** What went wrong and what can be done, in the language of whoever reads it. The API and what is stored have it in English. */
export const WORDS = { zh, en } satisfies Record<Language, unknown>;

type Text = string | ((...given: string[]) => string);
const PAIRS = [en.REMEDIES, en.REASONS].flatMap((texts, list) => {
  const others: Record<string, Text> = [zh.REMEDIES, zh.REASONS][list] ?? {};
  return Object.entries<Text>(texts).flatMap(([key, text]) => {
    const other = others[key];
    return other === undefined ? [] : [{ pattern: patternOf(text), other }];
  });
});

/** A text of the English list in Chinese, with what it names; undefined for any other text, such as DingTalk's own. */
export function inChinese(text: string): string | undefined {
  for (const { pattern, other } of PAIRS) {
    const found = pattern.exec(text);
    if (found) return typeof other === 'string' ? other : other(...found.slice(1).map((one) => inChinese(one) ?? one));
  }
  return undefined;
}

/** What a text looks like, whatever it names. */
function patternOf(text: Text): RegExp {
  const given = typeof text === 'string' ? text : text(...Array.from({ length: text.length }, () => '\0'));
  return new RegExp(`^${given.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('\0', '(.*)')}$`, 's');
}
