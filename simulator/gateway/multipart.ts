/** One part of a multipart/form-data body. */
export type Part = { name: string; fileName: string | undefined; contentType: string | undefined; data: Buffer };

/**
 * Splits the body at its boundary; undefined when it is not multipart. `filename*` is not read, since no
 * source shows DingTalk reading it (files.md §1.2).
 */
export function parseMultipart(contentType: string, body: Buffer): Part[] | undefined {
  const found = /^multipart\/form-data\s*;.*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const boundary = found?.[1] ?? found?.[2];
  if (!boundary) return undefined;
  const parts: Part[] = [];
  const opening = Buffer.from(`--${boundary}`);
  const closing = Buffer.from(`\r\n--${boundary}`);
  let at = body.indexOf(opening);
  while (at !== -1) {
    const head = at + (body.subarray(at, at + 2).toString('latin1') === '\r\n' ? closing.length : opening.length);
    const start = body.indexOf('\r\n\r\n', head);
    if (body.subarray(head, head + 2).toString('latin1') === '--' || start === -1) break;
    const end = body.indexOf(closing, start + 2);
    if (end === -1) break;
    const part = readPart(
      body.subarray(head, start).toString('utf8'),
      body.subarray(start + 4, Math.max(start + 4, end)),
    );
    if (part) parts.push(part);
    at = end;
  }
  return parts;
}

function readPart(headers: string, data: Buffer): Part | undefined {
  const disposition = /^content-disposition:(.*)$/im.exec(headers)?.[1] ?? '';
  const name = quoted(disposition, 'name');
  if (name === undefined) return undefined;
  return {
    name,
    fileName: quoted(disposition, 'filename')?.replaceAll('%22', '"'),
    contentType: /^content-type:\s*(.*)$/im.exec(headers)?.[1]?.trim(),
    data,
  };
}

function quoted(disposition: string, key: string): string | undefined {
  const found = new RegExp(`(?:^|[;\\s])${key}=(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(disposition);
  return found?.[1] ?? found?.[2];
}
