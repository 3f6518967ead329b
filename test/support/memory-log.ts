import type { Log } from '../../lib/base/log.ts';

/** A log that keeps what it is told. */
export function memoryLog() {
  const lines: { level: string; event: string; fields: object }[] = [];
  const keep =
    (level: string) =>
    (event: string, fields: object = {}) =>
      void lines.push({ level, event, fields });
  const log: Log = { info: keep('info'), warn: keep('warn'), error: keep('error') };
  return { log, lines };
}
