import { html } from '../base/html.ts';
import { languageOf } from '../base/language.ts';
import { type Opened, page } from '../base/page-frame.ts';
import { CONSOLE_STYLE } from './console-style.ts';
import { WORDS } from './words/words.ts';

type Asked = { query: Record<string, string | undefined>; headers: Record<string, string | undefined> };

/**
 * `GET /console`: a page without anything of the stage in it. Its script asks the API, with the key that its reader gives.
 * One press changes things there, so nobody frames it.
 * @param script the bundled app/main.tsx
 * @param signsIn whether the stage lists people who sign in
 */
export function consolePage(script: string, signsIn: boolean, { query, headers }: Asked): Opened {
  const language = languageOf(query.lang, headers['accept-language']);
  const { title } = WORDS[language];
  const body = html`<div id="console"${signsIn ? html` data-sign-in` : undefined}></div><noscript><h1>${title}</h1><p>JavaScript</p></noscript>`;
  return page(200, { language, title, body, script, style: CONSOLE_STYLE, sender: null, isFramed: false });
}
