import * as v from 'valibot';

/** A line that Powertools' logger wrote. */
const LogLine = v.looseObject({ level: v.string(), message: v.string(), service: v.optional(v.string(), 'function') });

/** What every line has and nobody at the desk asks for. */
const NOISE =
  /^(level|message|service|timestamp|sampling_rate|xray_trace_id|cold_start|function_\w+|correlation_id|error)$/;

/** Picks the failures out of what serverless-offline and the functions write, as one short line each. */
export function failureReader() {
  let failing: string | undefined;
  return (line: string): string | undefined => {
    const unhandled = /^× Unhandled exception in handler '(.+)'/.exec(line);
    if (unhandled !== null) {
      failing = unhandled[1];
      return undefined;
    }
    if (failing !== undefined && line.startsWith('× ')) {
      const text = `${failing}: ${line.slice(2)}`;
      failing = undefined;
      return text;
    }
    if (/Lambda timeout|✘ \[ERROR\]|^× event source/.test(line)) return line.replace(/^[×✘] /, '');
    return line.startsWith('{') ? logged(line) : undefined;
  };
}

function logged(line: string): string | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), LogLine), line);
  if (!parsed.success || !/^(ERROR|CRITICAL)$/i.test(parsed.output.level)) return undefined;
  const { service, message } = parsed.output;
  const fields = Object.entries(parsed.output).filter(([key, value]) => !NOISE.test(key) && typeof value !== 'object');
  return [`${service}: ${message}`, ...fields.map(([key, value]) => `${key}=${String(value)}`)].join(' ');
}
