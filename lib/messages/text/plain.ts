/** Line ends of all systems. */
const LINE_END = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;
// what nobody sees, and DingTalk may refuse
const CONTROL = /(?!\t)\p{Cc}/gu;
const NO_BREAK = '\u00a0';

/**
 * A plain text as Markdown of robots and notifications, which shows it as it was written, line by line: nothing of it
 * becomes a link, a heading, a list or a tag (looks.md §6.1). Whatever people wrote goes through here or `asLine`.
 */
export function asMarkdown(text: string): string {
  const lines = text.toWellFormed().split(LINE_END).map(escaped).join('\n');
  return lines
    .replace(/^\n+|\n+$/g, '')
    .replace(/\n{2,}/g, '\n\n')
    .replace(/(?<!\n)\n(?!\n)/g, '  \n');
}

/** The same for a heading, a label or an item of a list, which are one line. */
export function asLine(text: string): string {
  const lines = text
    .toWellFormed()
    .split(LINE_END)
    .map((line) => line.trim());
  return escaped(lines.filter((line) => line !== '').join(' '));
}

/** A link of Markdown: its words show as they were written, and no sign of the address ends it. */
export function asLink(words: string, url: string): string {
  return `[${asLine(words)}](${url.replace(/[()\s<>]/g, encoded)})`;
}

/** A part of an address, with the signs too that would end a link in Markdown. */
export function encoded(part: string): string {
  return encodeURIComponent(part).replace(/[()'*!]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function escaped(line: string): string {
  const blanks = line.replaceAll(CONTROL, '').replaceAll('\t', '    ').trimEnd();
  return (
    blanks
      // before a letter it would begin an entity, which clients show as its sign
      .replace(/&(?=[a-z#])/gi, '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replace(/[\\`*_[\]~|]/g, '\\$&')
      .replace(/^(\s*)([#+=-])/, '$1\\$2')
      .replace(/^(\s*\d{1,9})([.)])(?=\s|$)/, '$1\\$2')
      // at its end a heading loses them
      .replace(/(\s)#(?=#*$)/, '$1\\#')
      .replace(/^ +| +(?= )/g, (run) => NO_BREAK.repeat(run.length))
  );
}
