import * as v from 'valibot';
import { parseJson } from '../../lib/base/json.ts';
import type { Given } from '../command.ts';
import { CliError, EXIT, UsageError } from '../exit.ts';
import type { Io } from '../terminal.ts';
import { localKeys } from './local-keys.ts';
import type { Target } from './target.ts';

const Problem = v.object({
  code: v.optional(v.string(), 'http_error'),
  title: v.optional(v.string(), ''),
  message: v.optional(v.string()),
  remedy: v.optional(v.string()),
  errors: v.optional(v.array(v.object({ path: v.string(), code: v.optional(v.string()), message: v.string() })), []),
});

export type Api = {
  /** A text as body goes as it is. @throws CliError with what the API's problem document says; an answer that is not `schema` is none of ours. */
  call<S extends v.GenericSchema>(
    schema: S,
    route: `${'GET' | 'POST' | 'PUT' | 'DELETE'} ${string}`,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<v.InferOutput<S>>;
};

/** The HTTP API of a stage, as one key sees it. */
export function apiOf({ env, signal }: Io, given: Given, target: Pick<Target, 'api' | 'local' | 'stage'>): Api {
  const named = given.text('key-env');
  if (named !== undefined && !env[named]) throw new UsageError(`the variable ${named} is empty`);
  const key = env[named ?? 'DINGDOCK_API_KEY'] || (target.local ? localKeys(env).apiKey : undefined);
  return {
    async call(schema, route, body, headers = {}) {
      const [method = '', path = ''] = route.split(' ');
      if (key === undefined) {
        const remedy = `Give one in DINGDOCK_API_KEY or by --key-env; make one: dingdock keys create <name> --stage ${target.stage}`;
        throw new CliError(EXIT.key, 'no_key', 'no API key', remedy);
      }
      const url = `${await target.api()}${path}`;
      const response = await fetch(url, {
        method,
        signal,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }).catch((error: unknown) => {
        throw signal.aborted ? error : unreachable(url, error);
      });
      const text = await response.text();
      if (response.ok) {
        const answer = v.safeParse(schema, text === '' ? undefined : (parseJson(text) ?? {}));
        if (answer.success) return answer.output;
        throw new CliError(EXIT.failed, 'unreadable_answer', `${url} answered something that is not dingdock's`);
      }
      throw problem(response.status, text, key);
    },
  };
}

function problem(status: number, text: string, key: string): CliError {
  const parsed = v.safeParse(Problem, parseJson(text) ?? {});
  const { code, title, message, remedy, errors } = parsed.success ? parsed.output : v.getDefaults(Problem);
  if (status === 401) {
    const which = key.startsWith('dd_') ? ` ${key.slice(0, 11)}…` : '';
    // without a remedy it is API Gateway's own word about a token
    return new CliError(EXIT.key, code ?? 'key_refused', `the API refuses the key${which}`, remedy ?? message);
  }
  const faults = errors?.map((fault) => (fault.path ? `${fault.path}: ${fault.message}` : fault.message)) ?? [];
  const words = faults.length > 0 ? faults.join('\n  ') : title || message || `HTTP ${status}`;
  const exit = { 403: EXIT.notAllowed, 429: EXIT.tooOften }[status] ?? (status < 500 ? EXIT.refused : EXIT.failed);
  const refused = new CliError(exit, code ?? `http_${status}`, words, remedy);
  if (errors !== undefined && errors.length > 0) refused.errors = errors;
  return refused;
}

function unreachable(url: string, error: unknown): CliError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  const remedy = 'Is the local stack up (npm start)? A deployed stage is named with --stage, or by DINGDOCK_URL.';
  return new CliError(EXIT.unreachable, 'unreachable', `${new URL(url).origin} does not answer: ${cause}`, remedy);
}
