import { type Html, html } from '../../base/html.ts';
import type { Language } from '../../base/language.ts';

const LOCALES = { zh: 'zh-CN', en: 'en-GB' } as const;

/** Writes a time (ISO 8601) in a zone; the page's script changes it to the reader's own zone. */
export function timeIn(language: Language, timeZone: string): (at: string) => Html {
  const how = { timeZone, dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' } as const;
  const format = new Intl.DateTimeFormat(LOCALES[language], how);
  return (at) => html`<time datetime="${at}">${format.format(new Date(at))}</time>`;
}
