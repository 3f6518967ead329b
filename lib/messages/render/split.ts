import { oncePer } from '../../base/once.ts';

/**
 * A piece of a long text. The bodies of all pieces, joined, are the text; `before` and `after` reopen and close what
 * the cut went through (a code fence, a table).
 */
export type Piece = { before: string; body: string; after: string };

/** A piece of text that is not cut, and what is added at a cut before it. */
type Unit = {
  text: string;
  /** How good a cut before this unit is: before a paragraph, a line, a line inside a block, or inside a line. */
  cut: 'paragraph' | 'line' | 'inside' | 'grapheme';
  /** What the piece after such a cut begins with, and the piece before it ends with. */
  reopen: string;
  close: string;
};

/** What reopening and closing a fence or a table may take of a piece; what takes more is shortened, or left out. */
const FRAME_SHARE = 1 / 4;

/** Made when the first text has to be cut: it takes as long as a tenth of a cold start. */
let graphemes: Intl.Segmenter | undefined;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** What DingTalk counts of a text: UTF-8 bytes of it inside JSON. Joined texts cost what their parts cost. */
export function costOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

/**
 * Cuts a text into pieces that each cost at most `budget`: between paragraphs if no piece becomes less than half full,
 * else between lines, else between visible characters. With `markdown`, fences and tables are reopened: a fence whose
 * opening line is long without what follows its marks, and a long heading of a table not at all.
 */
export function split(text: string, budget: number, markdown: boolean): Piece[] {
  // all lines of a block have the same frame, and measuring a long one takes its time
  const frames = new Map<string, Frame>();
  const units = (markdown ? markdownUnits(text) : plainUnits(text)).flatMap((unit) =>
    refine(
      unit,
      oncePer(frames, unit.reopen, () => frameWithin(unit, budget)),
      budget,
    ),
  );
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

/** Where the piece that begins at `from` ends: the last good cut within the budget. */
function endOf(units: Unit[], from: number, budget: number): number {
  const costs = costsWithin(units, from, budget);
  const furthest = from + costs.length;
  if (furthest === units.length) return furthest;
  const half = ((costs.at(-1) ?? 0) + costOf(units[furthest]?.text ?? '')) / 2;
  for (const wanted of ['paragraph', 'line', 'inside'] as const) {
    for (let cut = furthest; cut > from && (costs[cut - from - 1] ?? 0) >= half; cut -= 1) {
      if (units[cut]?.cut === wanted) return cut;
    }
  }
  return furthest;
}

/** What the piece costs up to each unit that still fits; at least one unit is taken. */
function costsWithin(units: Unit[], from: number, budget: number): number[] {
  let used = from === 0 ? 0 : costOf(units[from]?.reopen ?? '');
  const costs: number[] = [];
  for (let next = from; next < units.length; next += 1) {
    used += costOf(units[next]?.text ?? '');
    if (used + costOf(units[next + 1]?.close ?? '') > budget && next > from) break;
    costs.push(used);
  }
  return costs;
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
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const first: Unit = { text: line, cut: blank ? 'paragraph' : 'line', reopen: '', close: '' };
    const block = fenceAt(lines, at, first) ?? tableAt(lines, at, first) ?? [first];
    // the heading of a table and the rule below it are one unit
    at += block.reduce((count, unit) => count + linesOf(unit.text).length, 0);
    blank = block.length === 1 && line.trim() === '';
    units.push(...block);
  }
  return units;
}

/** A code fence from its opening line to its closing one, or to the end of the text. */
function fenceAt(lines: string[], at: number, first: Unit): Unit[] | undefined {
  const mark = FENCE.exec(first.text)?.[1];
  if (mark === undefined || at === lines.length - 1) return undefined;
  const closes = (line: string) => FENCE.exec(line)?.[1]?.startsWith(mark) && /^(`+|~+)$/.test(line.trim());
  const end = indexFrom(lines, at + 1, closes);
  const units = lines.slice(at + 1, end + 1).map((text, index): Unit => {
    return { text, cut: at + 1 + index === end ? 'grapheme' : 'inside', reopen: first.text, close: `${mark}\n` };
  });
  return [first, ...units];
}

/** A table: its heading with the rule below it, without which it is no table, and its rows. */
function tableAt(lines: string[], at: number, first: Unit): Unit[] | undefined {
  const rule = lines[at + 1];
  if (rule === undefined || !first.text.includes('|') || !isTableRule(rule)) return undefined;
  const head = first.text + rule;
  const end = indexFrom(lines, at + 2, (line) => !line.includes('|'));
  const rows = lines.slice(at + 2, end).map((text): Unit => ({ text, cut: 'inside', reopen: head, close: '' }));
  return [{ ...first, text: head }, ...rows];
}

/** The first line from `from` on that passes, or the end. */
function indexFrom(lines: string[], from: number, test: (line: string) => unknown): number {
  let at = from;
  while (at < lines.length && !test(lines[at] ?? '')) at += 1;
  return at;
}

/** What reopens and closes a block at a cut, and what both cost. */
type Frame = { reopen: string; close: string; cost: number };

/** A frame that leaves room for text in each piece. */
function frameWithin({ reopen, close }: Unit, budget: number): Frame {
  const marks = close === '' ? '' : `${FENCE.exec(reopen)?.[1] ?? ''}\n`;
  const frames = [reopen, marks].map((given) => ({ reopen: given, close, cost: costOf(given) + costOf(close) }));
  return frames.find(({ cost }) => cost <= budget * FRAME_SHARE) ?? { reopen: '', close: '', cost: 0 };
}

/** A unit with its frame; one that is too long by itself, in the smallest steps there are. */
function refine(unit: Unit, { reopen, close, cost }: Frame, budget: number): Unit[] {
  if (costOf(unit.text) <= budget - cost - 2) return [{ ...unit, reopen, close }];
  const afterStep = close === '' ? '' : `\n${close}`;
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const steps = [...graphemes.segment(unit.text)].flatMap(({ segment }) =>
    costOf(segment) > budget / 2 ? [...segment] : [segment],
  );
  return steps.map((text, index) => {
    if (index === 0) return { text, cut: unit.cut, reopen, close };
    return { text, cut: text === ' ' ? 'inside' : 'grapheme', reopen, close: afterStep };
  });
}

/** `|---|:-:|`: cell by cell, since one pattern for the whole line would take very long for a hostile one. */
function isTableRule(line: string): boolean {
  const cells = line.trim().replace(/^\|/, '').replace(/\|$/, '').split('|');
  return line.includes('|') && cells.every((cell) => /^:?-+:?$/.test(cell.trim()));
}
