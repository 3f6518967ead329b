/** Made when the first text has to be cut: it takes as long as a tenth of a cold start. */
let segmenter: Intl.Segmenter | undefined;

/** The characters of a text as people see them: an emoji of several signs is one. */
export function charactersOf(text: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** As much of the beginning as passes, in whole characters. */
export function beginningOf(text: string, fits: (beginning: string) => boolean): string {
  if (fits(text)) return text;
  let beginning = '';
  for (const character of charactersOf(text)) {
    if (!fits(beginning + character)) break;
    beginning += character;
  }
  return beginning;
}
