/**
 * The blocks of a Markdown text as DingTalk's clients take them (looks.md §2): each `{kind, …}`. Cards know five sizes of
 * headings and no reference definitions.
 */
export function blocksOf(text, family = 'robot') {
  return readAll(text.replaceAll('\r\n', '\n').split('\n'), family, 0);
}

/** Is there a heading that the bubble shows? */
export function hasHeading(text) {
  return /^ {0,3}#{1,6}\s+\S/m.test(text);
}

function readAll(lines, family, depth) {
  const blocks = [];
  let at = 0;
  while (at < lines.length) {
    const found = lines[at].trim() === '' ? undefined : readOne(lines, at, family, depth);
    if (found) blocks.push(found.block);
    at = found?.next ?? at + 1;
  }
  return blocks;
}

function readOne(lines, at, family, depth) {
  const quoted = depth < MOST_QUOTES ? quote(lines, at, family, depth) : undefined;
  if (quoted) return quoted;
  for (const read of [fence, heading, rule, table, list, definition]) {
    const found = read(lines, at, family);
    if (found) return found;
  }
  return paragraph(lines, at, family);
}

function fence(lines, at) {
  const [, mark] = /^\s*(```|~~~)/.exec(lines[at]) ?? [];
  if (mark === undefined) return undefined;
  const end = lines.findIndex((line, index) => index > at && line.trim() === mark);
  const last = end === -1 ? lines.length : end;
  return { block: { kind: 'fence', lines: lines.slice(at + 1, last), raw: lines.slice(at, last + 1) }, next: last + 1 };
}

function heading(lines, at, family) {
  const [, marks = '', text = ''] = /^ {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$/.exec(lines[at]) ?? [];
  if (marks === '' || (family === 'card' && marks.length > 5)) return undefined;
  return { block: { kind: 'heading', level: marks.length, text }, next: at + 1 };
}

function rule(lines, at) {
  const text = lines[at].trim();
  return /^(?:-{3,}|\*{3,}|_{3,})$/.test(text) ? { block: { kind: 'rule', text }, next: at + 1 } : undefined;
}

function table(lines, at) {
  if (!isTable(lines, at)) return undefined;
  let next = at + 2;
  while (lines[next]?.includes('|')) next += 1;
  const rows = lines.slice(at + 2, next).map(cells);
  return { block: { kind: 'table', head: cells(lines[at]), rows, raw: lines.slice(at, next) }, next };
}

function isTable(lines, at) {
  const below = lines[at + 1] ?? '';
  return lines[at].includes('|') && below.includes('-') && cells(below).every((cell) => /^:?-+:?$/.test(cell));
}

function cells(line) {
  const inner = line.trim().replace(/^\||\|$/g, '');
  return inner.split('|').map((cell) => cell.trim());
}

function quote(lines, at, family, depth) {
  let next = at;
  while (/^ {0,3}>/.test(lines[next] ?? '')) next += 1;
  if (next === at) return undefined;
  const inner = lines.slice(at, next).map((line) => line.replace(/^ {0,3}> ?/, ''));
  return { block: { kind: 'quote', blocks: readAll(inner, family, depth + 1) }, next };
}

/** Items of one indent; what stands deeper is a list of the item before, what goes on without a mark belongs to it. */
function list(lines, at, family) {
  const first = itemOf(lines[at]);
  if (!first) return undefined;
  const items = [];
  let next = at;
  for (let after = at; after !== undefined; after = takeLine(items, first, { lines, at: next, family })) next = after;
  return { block: { kind: 'list', ordered: first.ordered, start: first.start, items }, next };
}

/** Takes a line into the items and answers with the next one; undefined where the list ends. */
function takeLine(items, first, { lines, at, family }) {
  const found = itemOf(lines[at]);
  const last = items.at(-1);
  if (!found) {
    if (at >= lines.length || !goesOn(lines, at, first.indent, family)) return undefined;
    if (lines[at].trim() !== '') last.text += `\n${lines[at].trim()}`;
    return at + 1;
  }
  if (last && found.indent >= first.indent + 2) {
    const inner = list(lines, at, family);
    last.lists.push(inner?.block);
    return inner?.next;
  }
  if (found.indent < first.indent || found.ordered !== first.ordered) return undefined;
  items.push({ text: found.text, lists: [] });
  return at + 1;
}

function itemOf(line) {
  const [, blanks = '', mark, text = ''] = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/.exec(line ?? '') ?? [];
  if (mark === undefined) return undefined;
  const start = Number.parseInt(mark, 10);
  return { indent: blanks.replaceAll('\t', '    ').length, ordered: !Number.isNaN(start), start, text };
}

/** A line within a list that is no item: a blank one between two items, or more of the item's paragraph. */
function goesOn(lines, at, indent, family) {
  if (lines[at].trim() !== '') return lines[at - 1].trim() !== '' && !begins(lines, at, family);
  const following = itemOf(lines[at + 1]);
  return following !== undefined && following.indent >= indent;
}

/** `[x]: address`: a desktop shows the line, a phone does not; cards do not know it. */
function definition(lines, at, family) {
  if (!isDefinition(lines[at], family)) return undefined;
  return { block: { kind: 'definition', text: lines[at].trim() }, next: at + 1 };
}

function isDefinition(line, family) {
  return family !== 'card' && /^\s*\[[^\]\n]+\]:\s*\S/.test(line);
}

function paragraph(lines, at, family) {
  let next = at + 1;
  while (next < lines.length && lines[next].trim() !== '' && !begins(lines, next, family)) next += 1;
  return { block: { kind: 'paragraph', text: lines.slice(at, next).join('\n') }, next };
}

/** Does another block begin here, which ends a paragraph? */
function begins(lines, at, family) {
  const line = lines[at];
  return (
    /^(?:\s*(?:```|~~~)| {0,3}>)/.test(line) ||
    heading(lines, at, family) !== undefined ||
    rule(lines, at) !== undefined ||
    isTable(lines, at) ||
    itemOf(line) !== undefined ||
    isDefinition(line, family)
  );
}

/** Quotes within quotes; what stands deeper is text. */
const MOST_QUOTES = 8;
