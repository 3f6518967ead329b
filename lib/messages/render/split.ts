import { oncePer } from '../../base/once.ts';
import { type ReadLine, readLines, tablesOf } from '../text/blocks.ts';
import { type Cut, tokensOf } from '../text/tokens.ts';

/**
 * A piece of a long text. The bodies of all pieces, joined, are the text; `before` and `after` reopen and close what
 * the cut went through (a code fence, a table).
 */
export type Piece = { before: string; body: string; after: string };

/** What reopens a block at a cut, in full and as short as it can be, and what closes it. */
type Block = { reopen: string; bare: string; close: string; mark?: string };
const NO_BLOCK: Block = { reopen: '', bare: '', close: '' };

/** A piece of text that is not cut, and what is added at a cut before it. */
type Unit = {
  text: string;
  /** How good a cut before this unit is: before a paragraph, a line, a line inside a block, or inside a line. */
  cut: 'paragraph' | 'line' | 'inside' | Cut;
  /** What the piece after such a cut begins with, and the piece before it ends with. */
  reopen: string;
  close: string;
};

/** A line and the block that a cut before it goes through. */
type Line = { text: string; cut: 'paragraph' | 'line' | 'inside' | 'never'; block: Block };

/** What reopening and closing a fence or a table may take of a piece; what takes more is shortened, or left out. */
const FRAME_SHARE = 1 / 4;
/** UTF-8 bytes that one UTF-16 unit takes at most inside JSON. */
const MOST_A_UNIT = 6;
/** From the best cut to the worst. */
const CUTS = ['paragraph', 'line', 'inside', 'sentence', 'clause', 'token'] as const;

/** What DingTalk counts of a text: UTF-8 bytes of it inside JSON. Joined texts cost what their parts cost. */
export function costOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

/**
 * Cuts a text into pieces that each cost at most `budget`: between paragraphs if no piece becomes less than half full,
 * else between lines, else behind a sentence or a word, never inside what stays whole (`tokensOf`). With `markdown`,
 * fences and tables are reopened: a fence whose opening line is long without what follows its marks, and a long heading
 * of a table not at all.
 */
export function split(text: string, budget: number, markdown: boolean): Piece[] {
  // all lines of a block have the same frame, and measuring a long one takes its time
  const frames = new Map<string, Frame>();
  const units = linesOf(text, markdown).flatMap((line) => {
    const frame = oncePer(frames, line.block.reopen, () => frameWithin(line.block, budget));
    return refine(line, frame, { budget, markdown });
  });
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
  for (const wanted of CUTS) {
    for (let cut = furthest; cut > from && (costs[cut - from - 1] ?? 0) >= half; cut -= 1) {
      if (units[cut]?.cut === wanted) return cut;
    }
  }
  let cut = furthest;
  while (cut > from + 1 && units[cut]?.cut === 'never') cut -= 1;
  return units[cut]?.cut === 'never' ? furthest : cut;
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

function linesOf(text: string, markdown: boolean): Line[] {
  const texts = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const read = markdown ? readLines(texts) : [];
  const tables = tablesOf(read);
  return texts.map((text, at): Line => {
    const above = read[at - 1]?.place ?? 'text';
    const isFirst = at === 0 || (above === 'text' && texts[at - 1]?.trim() === '');
    const line: Line = { text, cut: isFirst ? 'paragraph' : 'line', block: NO_BLOCK };
    const heading = tables[at];
    if (heading === undefined || heading === at) return inFence(line, read[at]);
    // without the rule below its heading a table is none
    if (heading === at - 1) return { ...line, cut: 'never' };
    const reopen = `${texts[heading]}${texts[heading + 1]}`;
    return { text, cut: 'inside', block: { reopen, bare: '', close: '' } };
  });
}

/** A cut within a fence reopens it; right before its end for nothing. */
function inFence(line: Line, { fence, place }: Partial<ReadLine> = {}): Line {
  if (!fence || place === 'opens') return line;
  return { ...line, cut: place === 'closes' ? 'never' : 'inside', block: fence };
}

/** What reopens and closes a block at a cut, and what both cost. */
type Frame = { reopen: string; close: string; cost: number };

/** A frame that leaves room for text in each piece. */
function frameWithin({ reopen, bare, close }: Block, budget: number): Frame {
  const frames = [reopen, bare].map((given) => ({ reopen: given, close, cost: costOf(given) + costOf(close) }));
  return frames.find(({ cost }) => cost <= budget * FRAME_SHARE) ?? { reopen: '', close: '', cost: 0 };
}

type Room = { budget: number; markdown: boolean };

/** A line with its frame; one that is too long by itself, in pieces that stay whole as far as they fit. */
function refine({ text, cut, block }: Line, { reopen, close, cost }: Frame, { budget, markdown }: Room): Unit[] {
  const room = budget - cost - 2;
  if (costOf(text) <= room) return [{ text, cut, reopen, close }];
  const afterStep = close === '' ? '' : `\n${close}`;
  const whole = { markdown: markdown && block.mark === undefined, most: room };
  const units: Unit[] = [];
  let before: Unit['cut'] = cut;
  for (const token of tokensOf(text, whole)) {
    for (const { text: step, cut: behind } of stepsOf(token, whole.markdown, room)) {
      const first = units.length === 0;
      units.push({ text: step, cut: before, reopen, close: first ? close : afterStep });
      before = behind;
    }
  }
  return units;
}

type Step = { text: string; cut: Cut };

/** A piece of a line, or the smaller ones that it has to be cut into: even one character may be too long. */
function stepsOf(token: Step, markdown: boolean, room: number): Step[] {
  if (costOf(token.text) <= room) return [token];
  const most = Math.max(1, Math.floor(room / MOST_A_UNIT));
  return tokensOf(token.text, { markdown, most }).flatMap((small) =>
    costOf(small.text) <= room ? [small] : [...small.text].map((text): Step => ({ text, cut: 'never' })),
  );
}
