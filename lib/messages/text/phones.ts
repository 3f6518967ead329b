import type { Warning } from '../../../contract/records/messages.ts';
import { cellsOf, isText, type ReadLine, readLines, tablesOf } from './blocks.ts';

const CONVERT = 'set "convert": true';
/** A tag that is no colour and no line break, both of which phones know, and no address in brackets. */
const TAG = /<\/?(?!font\b|br\b)[a-z][\w-]*(?:\s[^<>]{0,500})?\/?>/i;
const BREAK = /(?: {2}|\\|<br ?\/?>)\r?\n?$/i;

/** What of a caller's Markdown phones do not show as it is meant (looks.md §2); `path` is where it stands in the request. */
export function phoneWarnings(path: string, markdown: string): Warning[] {
  const { lines, read, tables } = readingOf(markdown);
  const joins = ({ rest }: ReadLine, at: number) =>
    isText(rest) && isText(read[at + 1]?.rest ?? '') && !read[at + 1]?.begins && runsOn({ lines, read, tables }, at);
  const found: [is: boolean, code: string, message: string][] = [
    [
      tables.some((heading) => heading !== undefined),
      'table_on_phones',
      `phones show a table as its signs; ${CONVERT} to make it a list`,
    ],
    [
      read.some(({ place }) => place === 'opens'),
      'code_on_phones',
      'phones show a code block as plain lines, and # and < in it as marks; send code as a file or as text',
    ],
    [
      read.some(({ rest }) => TAG.test(rest)),
      'tag_on_phones',
      'phones may show nothing of a message that holds a tag; write &lt; for the sign',
    ],
    [
      read.some(joins),
      'line_break_lost',
      `a single line break joins two lines; end the line with two blanks, leave a line blank, or ${CONVERT}`,
    ],
  ];
  return found.filter(([is]) => is).map(([, code, message]) => ({ path, code, message }));
}

/** The same Markdown as every client shows it: tables as lists, and each line break as one. */
export function forPhones(markdown: string): string {
  const reading = readingOf(markdown);
  const { lines, read, tables } = reading;
  return lines
    .map((line, at) => {
      const heading = tables[at];
      if (heading !== undefined) return rowAsItem(reading, at, heading);
      // a list begins and ends at a blank line
      const gap = tables[at - 1] !== undefined && line.trim() !== '' ? '\n' : '';
      return `${gap}${runsOn(reading, at) && read[at]?.place === 'text' ? `${line.trimEnd()}  \n` : line}`;
    })
    .join('');
}

type Reading = { lines: string[]; read: ReadLine[]; tables: (number | undefined)[] };

function readingOf(markdown: string): Reading {
  const lines = markdown.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const read = readLines(lines);
  return { lines, read, tables: tablesOf(read) };
}

/** A row as an item: the first cell in bold, the others behind their headings. The heading and its rule leave a blank line. */
function rowAsItem({ lines, read }: Reading, at: number, heading: number): string {
  const rowOf = (row: number) => read[row]?.rest ?? '';
  const line = lines[at] ?? '';
  const before = line.slice(0, line.trimEnd().length - rowOf(at).length);
  if (at === heading) return rowOf(at - 1).trim() === '' ? '' : `${before.trimEnd()}\n`;
  if (at === heading + 1) return '';
  const names = cellsOf(rowOf(heading)).slice(1);
  const [first = '', ...cells] = cellsOf(rowOf(at));
  const named = cells.flatMap((cell, index) => (cell === '' ? [] : [`${names[index] ?? ''}: ${cell}`]));
  const name = first === '' || first.includes('*') ? first : `**${first}**`;
  return `${before}- ${[name, ...named].filter((part) => part !== '').join(' · ')}${line.endsWith('\n') ? '\n' : ''}`;
}

/** Whether a line outside of code and tables goes on in the next one, and does not end in a break. */
function runsOn({ lines, read, tables }: Reading, at: number): boolean {
  const [line, next] = [read[at], read[at + 1]];
  if (line?.place !== 'text' || next?.place !== 'text' || tables[at] !== undefined || tables[at + 1] !== undefined)
    return false;
  return line.rest.trim() !== '' && next.rest.trim() !== '' && !BREAK.test(lines[at] ?? '');
}
