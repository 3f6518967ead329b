/** A quote or an item of a list around a line: what opens it, and what its next lines begin with. */
type Container = { opens: string; continues: string; isQuote: boolean };

/** A code fence: what opens it again in another message, and what closes it. */
export type Fence = { reopen: string; bare: string; close: string; mark: string };

/** A line of Markdown without the marks of quotes and lists before it. */
export type ReadLine = {
  rest: string;
  /** The fence that the line opens, closes or stands in. */
  fence?: Fence;
  place: 'opens' | 'inside' | 'closes' | 'text';
  /** It stands in quotes at most, so that it means the same in another message. */
  movable: boolean;
  /** A quote or an item of a list begins with it. */
  begins: boolean;
};

// the words behind a fence of backticks hold none (CommonMark 4.5)
const FENCE = /^ {0,3}(`{3,}(?![^\n]*`)|~{3,})/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3}(?:[-+*]|\d{1,9}[.)]))( {1,4}(?! )(?=\S)| |(?=\s*$))/;
const RULE = /^ {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$/;
const HEADING = /^ {0,3}#{1,6}(?:\s|$)/;

/** Where a line stands: in which quotes and lists, in which fence, behind words of a paragraph. */
type State = { around: Container[]; fence?: Fence | undefined; inText: boolean };

/** Reads Markdown line by line as CommonMark does, as far as fences need it: they may stand in quotes and lists. */
export function readLines(lines: readonly string[]): ReadLine[] {
  let state: State = { around: [], inText: false };
  return lines.map((line) => {
    const { read, ...next } = readLine(line.trimEnd(), state);
    state = next;
    return read;
  });
}

function readLine(line: string, { around, fence, inText }: State): State & { read: ReadLine } {
  const { rest, depth } = within(line, around);
  const isWhole = depth === around.length;
  // with the quote or the list around it a fence ends too
  if (fence && isWhole) {
    const place = isClosing(rest, fence.mark) ? 'closes' : 'inside';
    const read: ReadLine = { rest, fence, place, movable: areMovable(around), begins: false };
    return { around, fence: place === 'closes' ? undefined : fence, inText: false, read };
  }
  // words below a quote or an item go on in it
  const goesOn = !isWhole && inText && isText(rest);
  const opened = goesOn ? { rest, around } : opensIn(rest, around.slice(0, depth));
  const begins = !goesOn && opened.around.length > depth;
  const begun = fenceIn(opened.rest, opened.around);
  const read = { rest: opened.rest, movable: areMovable(opened.around), begins };
  return {
    around: opened.around,
    fence: begun,
    inText: !begun && isText(opened.rest),
    read: begun ? { ...read, fence: begun, place: 'opens' } : { ...read, place: 'text' },
  };
}

function areMovable(around: readonly Container[]): boolean {
  return around.every(({ isQuote }) => isQuote);
}

/** Markdown whose last fence is closed, so that nothing that follows stands in it. */
export function closed(markdown: string): string {
  const last = readLines(markdown.split('\n')).at(-1);
  if (!last?.fence || last.place === 'closes') return markdown;
  return `${markdown}${markdown.endsWith('\n') ? '' : '\n'}${last.fence.close.trimEnd()}`;
}

/** Of each line of a table where its heading is; the rule stands below that. */
export function tablesOf(read: readonly ReadLine[]): (number | undefined)[] {
  let heading: number | undefined;
  return read.map(({ place, rest }, at) => {
    const below = heading === at - 1;
    if (!below && isHeading(read, at)) heading = at;
    else if (place !== 'text' || !rest.includes('|')) heading = undefined;
    return heading;
  });
}

function isHeading(read: readonly ReadLine[], at: number): boolean {
  const [heading, rule] = [read[at], read[at + 1]];
  if (heading?.place !== 'text' || rule?.place !== 'text' || !heading.movable) return false;
  return heading.rest.includes('|') && isTableRule(rule.rest);
}

/** `|---|:-:|`: cell by cell, since one pattern for the whole line would take very long for a hostile one. */
function isTableRule(rest: string): boolean {
  return rest.includes('|') && cellsOf(rest).every((cell) => /^:?-+:?$/.test(cell));
}

/** The cells of a row; a pipe behind a backslash is a sign of a cell. */
export function cellsOf(rest: string): string[] {
  const row = rest
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return row.split(/(?<!\\)\|/).map((cell) => cell.trim());
}

/** Words of a paragraph, which a line end alone does not part from the next line. */
export function isText(rest: string): boolean {
  return rest.trim() !== '' && !startsBlock(rest);
}

function startsBlock(rest: string): boolean {
  return [QUOTE, ITEM, RULE, HEADING, FENCE].some((start) => start.test(rest));
}

/** What of a line is left behind the marks of the containers that go on in it, and how many do. */
function within(line: string, around: readonly Container[]): { rest: string; depth: number } {
  let rest = line.replace(/^[ \t]+/, (blanks) => blanks.replaceAll('\t', '    '));
  let depth = 0;
  for (const { continues, isQuote } of around) {
    const mark = isQuote ? QUOTE.exec(rest)?.[0] : indentOf(rest, continues);
    if (mark === undefined) break;
    rest = rest.slice(mark.length);
    depth += 1;
  }
  return { rest, depth };
}

function indentOf(rest: string, indent: string): string | undefined {
  if (rest === '') return '';
  return rest.startsWith(indent) ? indent : undefined;
}

function opensIn(line: string, outer: readonly Container[]): { rest: string; around: Container[] } {
  const around = [...outer];
  let rest = line;
  for (;;) {
    const quote = QUOTE.exec(rest)?.[0];
    const [item, marker = ''] = RULE.test(rest) ? [] : (ITEM.exec(rest) ?? []);
    const mark = quote ?? item;
    if (mark === undefined) return { rest, around };
    rest = rest.slice(mark.length);
    const opens = quote === undefined ? `${marker}${' '.repeat(Math.max(1, mark.length - marker.length))}` : '> ';
    const isQuote = quote !== undefined;
    around.push({ opens, continues: isQuote ? '> ' : ' '.repeat(opens.length), isQuote });
  }
}

function fenceIn(rest: string, around: readonly Container[]): Fence | undefined {
  const mark = FENCE.exec(rest)?.[1];
  if (mark === undefined) return undefined;
  const opens = around.map((container) => container.opens).join('');
  const continues = around.map((container) => container.continues).join('');
  return { reopen: `${opens}${rest.trim()}\n`, bare: `${opens}${mark}\n`, close: `${continues}${mark}\n`, mark };
}

function isClosing(rest: string, mark: string): boolean {
  return /^ {0,3}(`+|~+)$/.exec(rest)?.[1]?.startsWith(mark) ?? false;
}
