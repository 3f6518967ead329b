import { type Html, html } from '../html.ts';
import type { Language } from '../language.ts';
import { when } from './local-time.ts';

/** Writes a time (ISO 8601) in a zone; the page's script changes it to the reader's own zone. */
export function timeIn(timeZone: string): (at: string) => Html {
  return (at) => html`<time datetime="${at}">${when(at, timeZone)}</time>`;
}

/** What people call a time zone. */
export function zoneName(timeZone: string, language: Language, now: number): string {
  const format = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone,
    timeZoneName: 'longGeneric',
  });
  return format.formatToParts(now).find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}
