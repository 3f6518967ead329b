import { policyHash } from './hash.ts';
import { Html, html, type Part } from './html.ts';
import type { Language } from './language.ts';
import { SCRIPT, STYLE } from './page-looks.ts';

/** The answer of a link: a redirect or a page. */
export type Opened = { status: number; headers: Record<string, string>; body?: string };

/** A page that says that a deed came too fast, and when the next one is taken. */
export function againIn(page: Opened, seconds: number): Opened {
  return { ...page, headers: { ...page.headers, 'retry-after': String(seconds) } };
}

/**
 * The page loads nothing from other sites, is not cached, and sends no referrer, since the address of a task page is a
 * secret. DingTalk's desktop client may frame it, where it is for people in DingTalk.
 */
const headersOf = ({ script = '', style = '', isFramed = true }: Pick<Page, 'script' | 'style' | 'isFramed'>) => ({
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    `style-src ${policyHash(STYLE)}${style && ` ${policyHash(style)}`}`,
    `script-src ${policyHash(SCRIPT)}${script && ` ${policyHash(script)}`}`,
    // a script of its own asks its own site
    ...(script === '' ? [] : ["connect-src 'self'"]),
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    isFramed ? "frame-ancestors 'self' https://*.dingtalk.com" : "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
});

/** Who stands behind a page, so that its reader can tell it from one that only looks like it. */
const SENT: Record<Language, (sender: string) => string> = {
  zh: (sender) => `由“${sender}”通过钉钉发送`,
  en: (sender) => `Sent by "${sender}" with DingTalk`,
};
/** Named where nothing could be read of who sent the link. */
const NOBODY = 'dingdock';

type Page = {
  language: Language;
  title: string;
  body: Html;
  /** Null: nobody sent its address. */
  sender?: string | null | undefined;
  /** What this page does beside what all pages do. */
  script?: string;
  /** How this page looks beside how all pages look. */
  style?: string;
  /** False: no other page may show it inside itself, not even DingTalk's. */
  isFramed?: boolean;
};

/** A whole page; `title` is for the window, the body brings its own heading. */
export function page(status: number, { language, title, body, sender = NOBODY, ...own }: Page) {
  const { script, style } = own;
  const frame = html`<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en-GB'}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no">
<link rel="icon" href="data:,">
<title>${plain(title)}</title>
<meta property="og:title" content="${plain(title)}">
<style>${new Html(STYLE)}</style>
${style && html`<style>${new Html(style)}</style>`}
<main>${body}
${sender === null ? undefined : html`<p class="sender">${SENT[language](sender)}</p>`}</main>
<script>${new Html(SCRIPT)}</script>
${script && html`<script>${new Html(script)}</script>`}
</html>
`;
  return { status, headers: headersOf(own), body: frame.markup };
}

/** Title and text of a short page. */
export type Notice = Record<Language, readonly [title: string, text: string]>;

/** A short page in both languages, one below the other, for an unknown reader; `more` is put below. */
export function noticePage(
  status: number,
  { zh, en }: Notice,
  { sender = NOBODY, more }: { sender?: string | undefined; more?: Part } = {},
): Opened {
  const body = html`<h1>${zh[0]}<br><span lang="en">${en[0]}</span></h1>
<p dir="auto">${zh[1]}</p>
<p dir="auto" lang="en">${en[1]}</p>${more}
<p class="sender" lang="en">${SENT.en(sender)}</p>`;
  return page(status, { language: 'zh', title: zh[0], body, sender });
}

/** Removes marks of text direction, which would change the rest of a window's title. */
function plain(text: string): string {
  return text.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
}
