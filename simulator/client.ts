/**
 * DingTalk's clients, for tests in a browser: the user agent, and a script to run before the page's own, which plays the
 * bridge that the page finds there (identity.md §1.6, §1.7). What the page asks goes to `window[ask]`, a function that the test
 * offers and that resolves with the answer of `POST /_sim/auth-code`.
 */
export type ClientKind = keyof typeof agents;

export function simulatedClient(kind: ClientKind, ask = 'askDingTalk'): { userAgent: string; script: string } {
  return { userAgent: agents[kind], script: `(${bridge})(${JSON.stringify(kind)}, ${JSON.stringify(ask)});` };
}

const agents = {
  ios: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/23E246 AliApp(DingTalk/7.8.1) com.laiwang.DingTalk/46766536 Channel/201200 language/zh-Hans-CN UT4Aplus/0.0.6 WK',
  android:
    'Mozilla/5.0 (Linux; U; Android 15; zh-CN) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/133.0.6943.142 Mobile Safari/537.36 AliApp(DingTalk/8.3.35) com.alibaba.android.rimet',
  harmony:
    'Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile AliApp(DingTalk/8.3.35)',
  pc: 'Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.6943.142 Safari/537.36 dingtalk-win/1.0.0 nw(0.14.7) DingTalk(8.1.10-Release.251202013) Mojo/1.0.0 Native AppType(release) Channel/201200 Architecture/x86_64 webDt/PC',
  /** A desktop agent without a container: no bridge, and nothing answers. */
  bare: 'Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.6943.142 Safari/537.36 DingTalk(8.1.10-Release.251202013)',
};

/** Runs in the page, so it is written as text: it must not use anything of this module. */
const bridge = `function (kind, ask) {
  const request = (name, args) => {
    const v2 = /V2$/.test(name);
    if (!/^runtime\\.permission\\.requestAuthCode(V2)?$/.test(name)) return Promise.resolve({ errorCode: '7', errorMessage: 'API not authed' });
    const wanted = { corpId: args.corpId, url: location.href };
    if (v2) wanted.clientId = args.clientId;
    return window[ask](wanted);
  };
  const answered = (promise, ok, fail) => promise.then((answer) => {
    if (answer.silent) return;
    if (answer.code) ok({ code: answer.code });
    else fail({ errorCode: answer.errorCode, errorMessage: answer.errorMessage });
  });
  if (kind === 'ios') {
    window.WebViewJavascriptBridge = {
      callHandler: (name, args, back) =>
        answered(request(name, args), (result) => back({ errorCode: '0', result }), (error) => back(error)),
    };
    document.addEventListener('DOMContentLoaded', () => document.dispatchEvent(new Event('WebViewJavascriptBridgeReady')));
  }
  if (kind === 'android') {
    window.nuva = {
      require: () => (ok, fail, service, action, args) => void answered(request(service + '.' + action, args), ok, fail),
    };
    document.addEventListener('DOMContentLoaded', () => document.dispatchEvent(new Event('runtimeready')));
  }
  if (kind === 'harmony') {
    window.DingTalkJSBridge = {
      call: (name, args, back) =>
        void answered(request(name, args), (body) => back({ success: true, body }), (body) => back({ success: false, body })),
    };
    document.addEventListener('DOMContentLoaded', () => document.dispatchEvent(new Event('DingTalkJSBridgeReady')));
  }
  if (kind === 'pc') {
    const origin = 'https://im.dingtalk.com';
    window.name = JSON.stringify({ containerId: '1', hostOrigin: origin });
    const post = window.postMessage.bind(window);
    window.postMessage = (message, target, ...rest) => {
      if (!message || message.type !== 'request' || !message.methodName) return post(message, target, ...rest);
      const reply = (success, body) =>
        window.dispatchEvent(
          new MessageEvent('message', { origin, data: { type: 'response', msgId: message.msgId, success, body } }),
        );
      void answered(request(message.methodName, message.body || {}), (body) => reply(true, body), (body) => reply(false, body));
    };
  }
}`;
