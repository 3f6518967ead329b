/** What people read, line by line, and what is wrong with it. */

/** Members of a message that people read. */
export function shown(content: object): string[] {
  const { title, text, buttons = [] } = content as { title?: string; text?: string; buttons?: { title: string }[] };
  return [title ?? '', text ?? '', ...buttons.map((button) => button.title)];
}

/** A page as it is read: one line for each element that is a line of its own. */
export function read(body = ''): string {
  return body
    .replace(/<(style|script)>[\s\S]*?<\/\1>/g, '')
    .replace(/<a [^>]*hreflang[\s\S]*?<\/a>/g, '') // to the other language, in its own name
    .replace(/<\/?(?:h1|h2|p|li|dt|dd|div|br|small|section|main|title|button|label|summary|time)\b[^>]*>/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

/** One line each as it is read: without the addresses of links, and names of files, which nobody translates. */
export function linesOf(texts: readonly string[]): string[] {
  const lines = texts.flatMap((text) =>
    text
      .replace(/\]\([^)]*\)/g, ']')
      .replaceAll(/https?:\/\/\S+/g, '')
      .split('\n'),
  );
  return [...new Set(lines.map((line) => line.replaceAll(/\.pdf\b|\b[KM]i?B\b/g, '').trim()))].filter(
    (line) => line !== '',
  );
}

/** What nobody should have to read. */
export const RAW = [
  /\d{4}-\d\d-\d\dT/, // a time as programs write it
  /\b[a-z]_\w+|\bunion-\w+|\b(?:zhangsan|lisi|wangwu|zhaoliu)\b/, // an id
  /\bkey:|\bci\b/, // a key's name
  /\b[a-z]+[_.][a-z_.]+\b|\b[a-z]+[A-Z]\w*/, // a code
  /\bundefined\b|\bnull\b|\[object/,
  /\b[A-Z]\w+\/[A-Z]\w+/, // a time zone of programs
];
const HAN = /\p{Script=Han}/u;
const LATIN = /[A-Za-z]{2,}/;
/** A half-width sign beside a Chinese one. */
const HALF = /[\p{Script=Han}”）][,:;!?()]|[,:;!?()][\p{Script=Han}“（]/u;

/** Of what people read the lines that are wrong: raw values, two languages, half-width signs in Chinese. */
export function wrongIn(texts: readonly string[]): string[] {
  return linesOf(texts).filter(
    (line) => RAW.some((raw) => raw.test(line)) || (HAN.test(line) && LATIN.test(line)) || HALF.test(line),
  );
}
