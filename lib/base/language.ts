export const LANGUAGES = ['zh', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** One entry of a subject's words lists, in each language. */
export function inEach<W, T>(words: Record<Language, W>, of: (words: W) => T): Record<Language, T> {
  return { zh: of(words.zh), en: of(words.en) };
}

/** The language chosen on the page, else the browser's first one that the page has, else Chinese. */
export function languageOf(chosen: string | undefined, acceptLanguage = ''): Language {
  const known = (tag: string) => LANGUAGES.find((language) => tag.toLowerCase().split('-')[0] === language);
  const accepted = acceptLanguage
    .split(',')
    .map((entry) => entry.trim().split(/\s*;\s*q=/))
    .map(([tag = '', weight = '1']) => ({ language: known(tag), weight: Number(weight) || 0 }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  return known(chosen ?? '') ?? accepted.find(({ language }) => language)?.language ?? 'zh';
}
