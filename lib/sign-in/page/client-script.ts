/**
 * What the sign-in page runs inside DingTalk: it asks the client for a code, by each client's own bridge as DingTalk's
 * library does (identity.md §1.6), changes it for a session, and shows the page in place. The session goes with each request
 * of the page by itself, since a page in a frame of another site gets no cookies. Clients may never answer: each question
 * has its time. Loaded from nowhere else, so it must not use anything of this module.
 */
export const CLIENT_SCRIPT = `
const settings = document.getElementById('sign-in').dataset;
const PATIENT_MS = Number(settings.patientMs);
const agent = navigator.userAgent;

const arrives = (here, event) => new Promise((go) => {
  if (here()) go();
  else document.addEventListener(event, go, { once: true });
});

const bridges = {
  async ios(name, args) {
    await arrives(() => window.WebViewJavascriptBridge, 'WebViewJavascriptBridgeReady');
    const bridge = window.WebViewJavascriptBridge;
    try { bridge.init(() => {}); } catch { /* it was before */ }
    return new Promise((good, bad) => bridge.callHandler(name, args, (answer) => {
      if (answer && String(answer.errorCode) === '0') good(answer.result);
      else bad(answer);
    }));
  },
  async android(name, args) {
    await arrives(() => window.nuva && window.nuva.isReady !== false, 'runtimeready');
    const dot = name.lastIndexOf('.');
    return new Promise((good, bad) => window.nuva.require()(good, bad, name.slice(0, dot), name.slice(dot + 1), args));
  },
  async harmony(name, args) {
    await arrives(() => window.DingTalkJSBridge, 'DingTalkJSBridgeReady');
    const bridge = window.DingTalkJSBridge;
    try { bridge.init(() => {}); } catch { /* it was before */ }
    return new Promise((good, bad) => bridge.call(name, args, ({ success, body }) => (success ? good : bad)(body)));
  },
  pc(name, args) {
    const { hostOrigin = '', containerId, corsIframe } = container();
    if (!/^https:\\/\\/([\\w.-]+\\.dingtalk\\.com|([\\w.-]+\\.)?7ding\\.ai)$/.test(hostOrigin)) return Promise.reject();
    const body = /V2$/.test(name) ? args : { ...args, url: location.href.split('#')[0] };
    const request = { msgId: Date.now() * 1000 + Math.floor(Math.random() * 1000), containerId, methodName: name, body, type: 'request' };
    return new Promise((good, bad) => {
      addEventListener('message', ({ origin, data, source }) => {
        if (origin !== hostOrigin || !data) return;
        if (data.type === 'response' && data.msgId === request.msgId) (data.success ? good : bad)(data.body);
        if (data.type !== 'request' || data.methodName !== 'SYS_openAPIContainerInit' || !source) return;
        source.postMessage({ type: 'response', success: true, body: {}, msgId: data.msgId }, origin);
        source.postMessage(request, origin);
      });
      (top !== window && !corsIframe ? top : window).postMessage(request, hostOrigin);
    });
  },
};

function container() {
  try { return JSON.parse(/{.*}/.exec(window.name)[0]); } catch { return {}; }
}

function ask(name, args) {
  if (/iPhone|iPad|iPod|iOS/i.test(agent)) return bridges.ios(name, args);
  if (/OpenHarmony/i.test(agent) && /ArkWeb/i.test(agent)) return bridges.harmony(name, args);
  if (/Android/i.test(agent)) return bridges.android(name, args);
  return bridges.pc(name, args);
}

const late = () => new Promise((_, bad) => setTimeout(bad, PATIENT_MS));

/** A code is good once: each try asks for its own. The newer call first, then the older one. */
async function signIn() {
  const { corpId, clientId, app } = settings;
  for (const [name, args] of [['requestAuthCodeV2', { corpId, clientId }], ['requestAuthCode', { corpId }]]) {
    const result = await Promise.race([ask('runtime.permission.' + name, args), late()]).catch(() => undefined);
    if (!result || !result.code) continue;
    const answer = await fetch('/sign-in/dingtalk', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: result.code, app }),
    });
    if (answer.ok) return (await answer.json()).bearer;
    if (answer.status === 403) throw 'stranger';
  }
  throw 'by-hand';
}

let flight;
const session = () => (flight ??= signIn());

/** Asks for a page in the session's name; once more with a new session where this one is over. */
async function load(url, init = {}) {
  for (let tries = 1; ; tries += 1) {
    const headers = { ...init.headers, authorization: 'Bearer ' + (await session()) };
    const answer = await fetch(url, { ...init, headers });
    if (answer.status !== 401 || tries > 1) return show(answer);
    flight = undefined;
  }
}

async function show(answer) {
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
  history.replaceState(null, '', answer.url);
  document.documentElement.lang = next.documentElement.lang;
  document.head.replaceChildren(...next.head.childNodes);
  document.body.replaceChildren(...next.body.childNodes);
  document.dispatchEvent(new Event('shown'));
  scrollTo(0, 0);
}

const failed = (why) => {
  flight = undefined;
  const part = document.getElementById(why === 'stranger' ? 'stranger' : 'by-hand');
  if (part) part.hidden = false;
  const asking = document.getElementById('asking');
  if (asking) asking.hidden = true;
  for (const form of document.forms) form.ariaBusy = null;
};

document.addEventListener('submit', (event) => {
  const { target: form, submitter } = event;
  event.preventDefault();
  if (form.ariaBusy) return;
  const body = new URLSearchParams(new FormData(form));
  if (submitter && submitter.name) body.set(submitter.name, submitter.value);
  // a button of that name hides the form's own property
  load(new URL(form.getAttribute('action'), location.href), { method: 'POST', body }).catch(failed);
}, true);
document.addEventListener('click', (event) => {
  const link = event.target.closest('a');
  if (!link || link.origin !== location.origin || link.pathname !== location.pathname || !location.pathname.startsWith('/', 2)) return;
  event.preventDefault();
  load(link.href).catch(failed);
});

document.getElementById('by-hand').hidden = true;
document.getElementById('asking').hidden = false;
// what has a script of its own is gone to
const go = settings.to.startsWith('/', 2) ? load(settings.to) : session().then(() => location.replace(settings.to));
go.catch(failed);
`;

/** Goes on to the page, from the answer that set the cookie: a cookie set on a chain of redirects may be lost. */
export const GO_ON_SCRIPT = `location.replace(document.getElementById('go-on').href);`;
