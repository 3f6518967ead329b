export const LANGUAGES = ['zh', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** One entry of a subject's words lists, in each language. */
export function inEach<W, T>(words: Record<Language, W>, of: (words: W) => T): Record<Language, T> {
  return { zh: of(words.zh), en: of(words.en) };
}
