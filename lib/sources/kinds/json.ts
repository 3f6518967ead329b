import { isObject, parseJson } from '../../base/json.ts';
import { asLine, asMarkdown } from '../../messages/text/plain.ts';
import { shortened } from '../../messages/text/tokens.ts';
import { BY_STATUS, type Door, requireSignature } from '../delivery.ts';
import { languageOf, markdown, type Render, type Rendering } from '../said.ts';
import type { Source } from '../source.ts';
import { WORDS } from '../words/words.ts';

// Any JSON (or a form, or a plain text), as its template says; without one, by the names that senders use.

/** Runs a template over a body, within bounds. @throws Error with what is wrong with the template */
export type Fill = (template: string, body: unknown) => Promise<string>;

export const door: Door = {
  ...BY_STATUS,
  async admit({ now }, { rules }, delivery) {
    if ('hmac' in rules && rules.hmac) requireSignature(rules.hmac, delivery, now());
    const { headers } = delivery;
    // GitLab and others say so themselves; GitHub repeats by hand only
    const identity = headers['idempotency-key'] ?? headers['x-github-delivery'] ?? headers['webhook-id'];
    return { keep: true, identity };
  },
};

/** Names under which senders put the two, the most telling first. */
const TITLES = ['title', 'subject', 'name', 'alertname'];
const TEXTS = ['message', 'text', 'body', 'content', 'description', 'desc', 'msg', 'summary'];
const MOST_TEXT = 15_000;
const MOST_RAW = 3_000;

/** By the template, and without one, or where it fails, by the names of members. */
export function renderJson(fill: Fill): Render {
  return async (source, body): Promise<Rendering> => {
    const { rules } = source;
    const given = bodyIn(body);
    if (rules.kind !== 'json' || !rules.template) return { said: [byNames(source, given, body)] };
    const { title = rules.to.join(', '), text, identity = '' } = rules.template;
    try {
      const [head, words] = [await fill(title, given), await fill(text, given)];
      if (words.trim() === '') return { said: [] }; // a template says so of what is not worth a message
      const once = (await fill(identity, given)).trim();
      return {
        said: [
          {
            ...markdown(head.trim() || source.name, shortened(words, MOST_TEXT, { markdown: true })),
            ...(once !== '' && { once }),
          },
        ],
      };
    } catch (error) {
      const note = error instanceof Error ? error.message : 'the template cannot be used';
      return { said: [byNames(source, given, body)], note };
    }
  };
}

function byNames(source: Source, given: unknown, body: string) {
  const words = WORDS[languageOf(source)];
  if (typeof given === 'string') return markdown(source.name, asMarkdown(shortened(given, MOST_TEXT)));
  const members: Record<string, unknown> = isObject(given) ? given : {};
  const text = firstOf(members, TEXTS);
  const title = firstOf(members, TITLES) ?? source.name;
  if (text !== undefined) {
    const mark = MARKS[String(members.type ?? members.level ?? members.severity ?? '').toLowerCase()];
    const head = mark === undefined ? title : `${mark} ${title}`;
    return markdown(head, `### ${asLine(head)}\n\n${asMarkdown(shortened(text, MOST_TEXT))}`);
  }
  const raw = shortened(isObject(given) || Array.isArray(given) ? JSON.stringify(given, undefined, 2) : body, MOST_RAW);
  const note = raw.endsWith('…') ? `\n\n${words.cut}` : '';
  return markdown(title, `### ${asLine(title)}\n\n\`\`\`\n${raw.replaceAll('```', "'''")}\n\`\`\`${note}`);
}

/** How senders say how bad it is: Apprise's `type`, and the usual levels. */
const MARKS: Record<string, string> = {
  success: '✅',
  ok: '✅',
  warning: '⚠️',
  warn: '⚠️',
  failure: '🔴',
  error: '🔴',
  critical: '🔴',
  info: 'ℹ️',
};

function firstOf(members: Record<string, unknown>, names: readonly string[]): string | undefined {
  const found = names
    .map((name) => members[name])
    .find((value) => value !== undefined && value !== null && value !== '');
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
}

/** JSON, else a form, else the text itself. */
export function bodyIn(body: string): unknown {
  const given = parseJson(body);
  if (given !== undefined) return given;
  if (!/^[\w.+%-]+=[^\s]*$/.test(body.slice(0, 10_000))) return body;
  return Object.fromEntries(new URLSearchParams(body));
}
