import { type Html, html } from '../../base/html.ts';
import { when } from '../../base/people/local-time.ts';

/** Writes a time (ISO 8601) in a zone; the page's script changes it to the reader's own zone. */
export function timeIn(timeZone: string): (at: string) => Html {
  return (at) => html`<time datetime="${at}">${when(at, timeZone)}</time>`;
}
