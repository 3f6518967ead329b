/** A longer text is no mistyped name, and would take long to measure. */
const LONGEST = 64;

/** The known name that a mistyped one most likely stands for: few letters differ, or it ends in the same word. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST) return undefined;
  const measured = known.map((one) => ({ one, off: distance(name.toLowerCase(), one.toLowerCase()) }));
  const [best] = measured.sort((a, b) => a.off - b.off);
  if (best && best.off <= (name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3)))) return best.one;
  const [, word] = /[a-z]([A-Z][a-z]+)$/.exec(name) ?? [];
  return word === undefined ? undefined : known.find((one) => one.endsWith(word));
}

/** Letters to insert, drop or exchange (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const swapped = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, swapped));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
