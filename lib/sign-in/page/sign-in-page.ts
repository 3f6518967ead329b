import { html, type Part } from '../../base/html.ts';
import { inEach, type Language, languageOf } from '../../base/language.ts';
import { noticePage, type Opened, page } from '../../base/page-frame.ts';
import { insideDingTalk, onlyLooks } from '../../base/visitor/inside-dingtalk.ts';
import { NOTICES, noticeFor, signInPart } from '../../base/visitor/notices.ts';
import type { Headers } from '../../base/visitor/session.ts';
import type { SignInApp } from '../member.ts';
import { type CameBack, pageIn } from '../sign-in.ts';
import { WORDS } from '../words/words.ts';
import type { Words } from '../words/zh.ts';
import { CLIENT_SCRIPT, GO_ON_SCRIPT } from './client-script.ts';

/** How long each question to the client may take. */
const PATIENT_MS = 6_000;

type Asked = { headers: Headers; query: Record<string, string | undefined>; publicUrl: string };

/** The page that finds out who looks: by the client inside DingTalk, else by a button (identity.md §6). */
export function signInPage(app: SignInApp, { headers, query, publicUrl }: Asked): Opened {
  const to = pageIn(query.to);
  if (to === undefined) return refusedPage(404, 'no_page');
  if (onlyLooks(headers)) return noticePage(200, noticeFor('preview'), { sender: app.sender });
  if (!app.signIn) return refusedPage(403, 'off', { sender: app.sender });
  const agent = headers['user-agent'] ?? '';
  const inside = /DingTalk/i.test(agent);
  const language = languageIn(to, headers);
  const words = WORDS[language];
  const body = html`<h1>${words.title}</h1>
<p class="note" role="status" id="asking" hidden>${words.asking}</p>
${strangerPart(language)}
<section id="by-hand"><p>${words.why}</p>${inside || !isPhone(agent) ? undefined : phonePart(publicUrl + to, words)}
<p class="buttons"><a class="button done" href="${startOf(publicUrl, app, to)}">${words.signIn}</a></p>
${isOfRecord(to) ? html`<p><small>${words.ownLink}</small></p>` : undefined}</section>
<div id="sign-in" data-to="${to}" data-app="${app.name}" data-corp-id="${app.corpId}" data-client-id="${app.appKey}" data-patient-ms="${PATIENT_MS}"></div>`;
  return page(200, {
    language,
    title: words.title,
    body,
    sender: app.sender,
    ...(inside && { script: CLIENT_SCRIPT }),
  });
}

/** After DingTalk's page: the cookie and the way on, or why nobody is signed in. */
export function cameBackPage(back: CameBack, { headers, publicUrl }: Omit<Asked, 'query'>): Opened {
  const { app, to = '' } = back;
  const sender = app?.sender;
  if ('cookie' in back) {
    const language = languageIn(to, headers);
    const words = WORDS[language];
    const body = html`<h1>${words.signedIn}</h1>
<p class="buttons"><a class="button done" id="go-on" href="${to}">${words.goOn}</a></p>`;
    return page(200, { language, title: words.signedIn, body, sender, script: GO_ON_SCRIPT });
  }
  if (back.refused === 'not_a_member') return noticePage(403, noticeFor('elsewhere'), { sender });
  const more = app && to !== '' ? signInPart(startOf(publicUrl, app, to)) : undefined;
  return refusedPage(400, back.refused, { sender, more });
}

/** A short page in both languages that says why there is nothing else. */
export function refusedPage(
  status: number,
  why: keyof Words['refused'],
  more: { sender?: string | undefined; more?: Part } = {},
): Opened {
  return noticePage(
    status,
    inEach(WORDS, ({ refused }) => refused[why]),
    more,
  );
}

/** On the public name, since the state's cookie is of the name that DingTalk comes back to. */
function startOf(publicUrl: string, { name }: SignInApp, to: string): string {
  return `${publicUrl}/sign-in/start?${new URLSearchParams({ to, app: name })}`;
}

function phonePart(address: string, words: Words): Part {
  return html`<p>${words.phone}</p><p class="buttons"><a class="button" href="${insideDingTalk(address)}">${words.open}</a></p>`;
}

function strangerPart(language: Language): Part {
  const [title, text] = NOTICES.elsewhere[language === 'zh' ? 0 : 1];
  return html`<section id="stranger" role="alert" hidden><h2>${title}</h2><p>${text}</p></section>`;
}

/** Whose own link the robot tells; the console has none. */
function isOfRecord(to: string): boolean {
  return /^\/[a-z]\//.test(to);
}

function isPhone(agent: string): boolean {
  return /iPhone|iPad|Android|OpenHarmony|Mobile/i.test(agent);
}

function languageIn(to: string, headers: Headers): Language {
  const { searchParams } = new URL(to, 'https://nowhere.invalid');
  return languageOf(searchParams.get('lang') ?? undefined, headers['accept-language']);
}
