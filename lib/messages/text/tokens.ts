import { charactersOf } from '../../base/text/characters.ts';

/** How good a cut is: behind a sentence, a clause, anything else, or where a reader would stumble. */
export type Cut = 'sentence' | 'clause' | 'token' | 'never';

/** A piece of a line that stays whole when the line is cut, and how good a cut behind it is. */
export type Token = { text: string; cut: Cut };

// behind Chinese words no blank ends an address
const ADDRESS = /[a-z][a-z0-9+.-]{1,20}:\/\/[!#-;=?-_a-z~]+/iy;
/** Words and figures of letters, with what joins them; Chinese and Japanese are written without blanks, sign by sign. */
const LETTER = String.raw`[[\p{L}\p{M}\p{N}_]--[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}]]`;
let patterns: ReturnType<typeof makePatterns> | undefined;
/** Made when a text is first cut: their sets of letters take a twentieth of a cold start. */
function makePatterns() {
  return {
    mention: /@(?:[\w.-]*\w|[\p{L}\p{N}_]{1,20})/uy,
    word: new RegExp(String.raw`[¥￥$€£]?${LETTER}+(?:[.,:\/@%+'’&=?#~\-]${LETTER}+)*[%‰℃]?`, 'vy'),
    shortWord: new RegExp(`${LETTER}+`, 'vy'),
  };
}
/** Of Markdown: an escape, an entity, a tag. */
const MARK = /\\[!-/:-@[-`{-~]|&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]\w{1,31});|<[/a-z!][^<>\n]{0,500}>/iy;
/** What stands in pairs around words. */
const PAIRS = /`{1,10}|\*\*|__|~~|\*/y;
/** Two asterisks this far apart are rather two signs than one emphasis. */
const LONGEST_EMPHASIS = 200;
/** `[微笑]` is one picture. */
const LONGEST_CODE = 40;

const ENDS = /[。！？!?；;…]$/;
const PAUSES = /(?:[，、,：:]|\s)$/;
const CLOSING = /^[。！？!?；;…，、,：:.”’"'）)\]】》」』〉]/;
const OPENING = /[“‘（([【《「『〈]$/;

/**
 * A line as pieces that are not cut: characters as people see them, words, figures, addresses and mentions; of Markdown
 * also links, pictures, code and what stands in bold. What is longer than `most` may be cut.
 */
export function tokensOf(line: string, { markdown, most }: { markdown: boolean; most: number }): Token[] {
  const ends = atomEnds(line, markdown, most);
  const texts: string[] = [];
  let at = 0;
  let until = 0;
  for (const character of charactersOf(line)) {
    if (at < until) texts.push(`${texts.pop() ?? ''}${character}`);
    else texts.push(character);
    // what begins within a character begins with it
    for (let inside = at; inside < at + character.length; inside += 1) until = Math.max(until, ends.get(inside) ?? 0);
    at += character.length;
  }
  let before: Cut = 'token';
  return texts.map((text, index) => {
    const next = texts[index + 1] ?? '';
    before = cutBehind(text, next, before);
    return { text, cut: CLOSING.test(next) || OPENING.test(text) ? 'never' : before };
  });
}

/** How a text is read and measured: in UTF-16 units where nothing else is said. */
export type Measure = { markdown?: boolean; sizeOf?: (text: string) => number };

/** The beginning of a text of at most so much, with a mark of what is left out. Of Markdown no link is cut either. */
export function shortened(text: string, most: number, measure: Measure = {}): string {
  const { sizeOf = lengthOf } = measure;
  const whole = text.toWellFormed();
  if (sizeOf(whole) <= most) return whole;
  // rather a word that is cut than little of the text
  const tries = [most, most / 4, 1].map((longest) => beginning(whole, most - sizeOf('…'), longest, measure));
  return `${(tries.find((kept) => sizeOf(kept) >= most / 2) ?? tries.at(-1) ?? '').trimEnd()}…`;
}

const lengthOf = (text: string) => text.length;

/** The same for a title, which is one line. */
export function shortTitle(text: string, most: number): string {
  return shortened(text.replace(/\s+/gu, ' ').trim(), most);
}

function beginning(text: string, most: number, longest: number, { markdown = false, sizeOf = lengthOf }: Measure) {
  let kept = '';
  let left = most;
  for (const { text: next } of tokensOf(text.slice(0, most * 2), { markdown, most: longest })) {
    left -= sizeOf(next);
    if (left < 0) break;
    kept += next;
  }
  return kept;
}

/** A full stop ends a sentence with the blank behind it; closing quotes belong to what they close. */
function cutBehind(text: string, next: string, before: Cut): Cut {
  if (ENDS.test(text) || (text.endsWith('.') && /^\s/.test(next))) return 'sentence';
  if (before === 'sentence' && (/^\s+$/.test(text) || CLOSING.test(text))) return before;
  if (PAUSES.test(text)) return 'clause';
  return before === 'clause' && CLOSING.test(text) ? before : 'token';
}

/** Where each piece that stays whole ends, by where it begins. */
function atomEnds(line: string, markdown: boolean, most: number): Map<number, number> {
  const ends = new Map<number, number>();
  const marks = markdown ? markdownAtoms(line) : undefined;
  patterns ??= makePatterns();
  const { mention, word, shortWord } = patterns;
  for (let at = 0; at < line.length; ) {
    const mark = marks?.(at);
    const end = mark ?? matchAt(ADDRESS, line, at, tidy) ?? matchAt(mention, line, at) ?? matchAt(word, line, at);
    if (end === undefined) at += 1;
    else if (end - at <= most) {
      ends.set(at, end);
      at = end;
    } else if (mark !== undefined) at += 1;
    else at = shortWords(line, at, end, { ends, most, shortWord });
  }
  return ends;
}

/** Of a word that is too long, the words that it is joined of. @returns where it ends */
function shortWords(
  line: string,
  from: number,
  end: number,
  { ends, most, shortWord }: { ends: Map<number, number>; most: number; shortWord: RegExp },
) {
  for (let at = from; at < end; ) {
    const next = matchAt(shortWord, line, at) ?? at + 1;
    if (next - at <= most) ends.set(at, next);
    at = next;
  }
  return end;
}

function matchAt(pattern: RegExp, line: string, at: number, tidied = (text: string) => text): number | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(line)?.[0];
  return found === undefined ? undefined : at + tidied(found).length;
}

/** An address without the full stop or the bracket behind it. */
function tidy(address: string): string {
  const bare = address.replace(/[.,:;!?'*_\]]+$/, '');
  return bare.endsWith(')') && !bare.includes('(') ? bare.replace(/\)+$/, '') : bare;
}

/** Finds what Markdown keeps together, in one look at the line however it was made. */
function markdownAtoms(line: string): (at: number) => number | undefined {
  const partners = bracketPairs(line);
  const lonely = new Map<string, number>();

  function paired(at: number): number | undefined {
    PAIRS.lastIndex = at;
    const mark = PAIRS.exec(line)?.[0];
    if (mark === undefined || at >= (lonely.get(mark) ?? Number.POSITIVE_INFINITY)) return undefined;
    const from = at + mark.length;
    if (!mark.startsWith('`') && !/\S/.test(line.charAt(from))) return undefined;
    const close = line.indexOf(mark, from + 1);
    if (close < 0) lonely.set(mark, at);
    if (close < 0 || (mark === '*' && close - at > LONGEST_EMPHASIS)) return undefined;
    return close + mark.length;
  }

  function bracketed(at: number): number | undefined {
    const open = line.charAt(at) === '!' ? at + 1 : at;
    const close = line.charAt(open) === '[' ? partners.get(open) : undefined;
    if (close === undefined) return undefined;
    const address = line.charAt(close + 1) === '(' ? partners.get(close + 1) : undefined;
    if (address !== undefined) return address + 1;
    return close - open <= LONGEST_CODE ? close + 1 : undefined;
  }

  return (at) => matchAt(MARK, line, at) ?? bracketed(at) ?? paired(at);
}

/** Where each bracket is closed. */
function bracketPairs(line: string): Map<number, number> {
  const pairs = new Map<number, number>();
  const open: Record<string, number[]> = { '[': [], '(': [] };
  for (let at = 0; at < line.length; at += 1) {
    const sign = line.charAt(at);
    if (sign === '\\') at += 1;
    else if (sign === '[' || sign === '(') open[sign]?.push(at);
    else if (sign === ']' || sign === ')') {
      const from = open[sign === ']' ? '[' : '(']?.pop();
      if (from !== undefined) pairs.set(from, at);
    }
  }
  return pairs;
}
