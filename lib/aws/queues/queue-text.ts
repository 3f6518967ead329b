/**
 * JSON that SQS takes. SQS refuses a body with characters beyond XML's, which a chat message may hold, and not every
 * emulator takes characters outside the basic plane: those are escaped, and mean the same to a JSON parser.
 */
export function queueText(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\u0020-\ud7ff\ue000-\ufffd]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
