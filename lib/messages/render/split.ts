/**
 * A piece of a long text. The bodies of all pieces, joined, are the text; `before` and `after` reopen and close what
 * the cut went through (a code fence, a table).
 */
export type Piece = { before: string; body: string; after: string };

/** A stretch of text that is not cut, and what a cut in front of it takes. */
type Unit = {
  text: string;
  /** How good a cut in front of this unit is: a paragraph begins, a line, a row or line inside of something, or worse. */
  cut: 'paragraph' | 'line' | 'inside' | 'grapheme';
  /** What the next piece begins with after such a cut, and the piece before it ends with. */
  reopen: string;
  close: string;
};

/** Made with the first text that has to be cut: it takes as long as a tenth of a cold start. */
let graphemes: Intl.Segmenter | undefined;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** What DingTalk counts of a text: UTF-8 bytes of it inside JSON. Joined texts cost what their parts cost. */
export function costOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

/**
 * Cuts a text into pieces that each cost at most `budget`: on paragraph borders where that leaves no piece half empty,
 * else on lines, else anywhere but inside a character that people see as one. With `markdown`, fences and tables are
 * reopened.
 */
export function split(text: string, budget: number, markdown: boolean): Piece[] {
  const units = (markdown ? markdownUnits(text) : plainUnits(text)).flatMap((unit) => refine(unit, budget));
  const pieces: Piece[] = [];
  let from = 0;
  while (from < units.length) {
    const to = endOf(units, from, budget);
    pieces.push({
      before: from === 0 ? '' : (units[from]?.reopen ?? ''),
      body: units
        .slice(from, to)
        .map((unit) => unit.text)
        .join(''),
      after: units[to]?.close ?? '',
    });
    from = to;
  }
  return pieces;
}

/** Where the piece that begins at `from` ends: the furthest good cut within the budget. */
function endOf(units: Unit[], from: number, budget: number): number {
  let used = from === 0 ? 0 : costOf(units[from]?.reopen ?? '');
  const spentAt: number[] = [];
  let to = from;
  for (let next = from; next < units.length; next += 1) {
    used += costOf(units[next]?.text ?? '');
    if (used + costOf(units[next + 1]?.close ?? '') > budget && next > from) break;
    spentAt[next + 1] = used;
    to = next + 1;
  }
  if (to === units.length) return to;
  for (const wanted of ['paragraph', 'line', 'inside'] as const) {
    for (let cut = to; cut > from; cut -= 1) {
      if ((spentAt[cut] ?? 0) < used / 2) break;
      if (units[cut]?.cut === wanted) return cut;
    }
  }
  return to;
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function plainUnits(text: string): Unit[] {
  let blank = true;
  return linesOf(text).map((line) => {
    const cut = blank ? 'paragraph' : 'line';
    blank = line.trim() === '';
    return { text: line, cut, reopen: '', close: '' };
  });
}

function markdownUnits(text: string): Unit[] {
  const lines = linesOf(text);
  const units: Unit[] = [];
  let blank = true;
  let fence: { opening: string; mark: string } | undefined;
  let head: string | undefined;
  for (const [index, line] of lines.entries()) {
    const mark = FENCE.exec(line)?.[1];
    if (fence) {
      const ends = mark?.startsWith(fence.mark) === true && line.trim() === mark;
      units.push({ text: line, cut: ends ? 'grapheme' : 'inside', reopen: fence.opening, close: `${fence.mark}\n` });
      if (ends) fence = undefined;
      blank = false;
      continue;
    }
    if (head !== undefined && line.includes('|')) {
      units.push({ text: line, cut: 'inside', reopen: head, close: '' });
      continue;
    }
    head = undefined;
    const previous = units.at(-1);
    if (previous?.text.includes('|') && isTableRule(line)) {
      // The rule and the heading above it are one: a table without them is none.
      head = previous.text + line;
      previous.text = head;
      continue;
    }
    units.push({ text: line, cut: blank ? 'paragraph' : 'line', reopen: '', close: '' });
    blank = line.trim() === '';
    if (mark !== undefined && index < lines.length - 1) fence = { opening: line, mark };
  }
  return units;
}

/** A unit that is too long by itself, in the smallest steps there are. */
function refine(unit: Unit, budget: number): Unit[] {
  const room = budget - costOf(unit.reopen) - costOf(unit.close) - 2;
  if (costOf(unit.text) <= room) return [unit];
  // A fence or table whose own frame leaves no room is cut without it.
  const framed = room >= budget / 2;
  const reopen = framed ? unit.reopen : '';
  const close = framed && unit.close !== '' ? `\n${unit.close}` : '';
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const steps = [...graphemes.segment(unit.text)].flatMap(({ segment }) =>
    costOf(segment) > budget / 2 ? [...segment] : [segment],
  );
  return steps.map((text, index) => ({
    text,
    cut: index === 0 ? unit.cut : text === ' ' ? 'inside' : 'grapheme',
    reopen: index === 0 && framed ? unit.reopen : reopen,
    close: index === 0 && framed ? unit.close : close,
  }));
}

/** `|---|:-:|`: cell by cell, since one pattern for the whole line would take ages over a hostile one. */
function isTableRule(line: string): boolean {
  const cells = line.trim().replace(/^\|/, '').replace(/\|$/, '').split('|');
  return line.includes('|') && cells.every((cell) => /^:?-+:?$/.test(cell.trim()));
}
