import { codeFor } from '../api/sign-in/client-codes.ts';
import { consentKey } from '../api/sign-in/sign-in.ts';
import { textIn } from '../json.ts';
import { visitorNamed } from '../world/sign-in.ts';
import type { State } from '../world/state.ts';
import { type Control, ControlFault, need } from './control-input.ts';

/** Who looks at a page, from the client's side. */
export function signInActions(state: State): Control {
  return {
    'POST /auth-code': ({ body }) => {
      const expected =
        '{"userId": "lisi", "corpId": "dingsimcorp", "clientId": "dingsimapp", "url": "http://127.0.0.1:3000/t/1"}';
      const visitor = visitorNamed(state, need(body, 'userId', expected));
      if (!visitor) throw new ControlFault(`nobody is called ${String(body.userId)}`, expected);
      const url = need(body, 'url', expected);
      // an empty corpId is a fault of the page, which the client tells it
      return codeFor(state, { visitor, corpId: textIn(body, 'corpId') ?? '', clientId: textIn(body, 'clientId'), url });
    },
    'POST /consents/withdraw': ({ body }) => {
      const expected = '{"userId": "lisi", "clientId": "dingsimapp"}';
      const visitor = visitorNamed(state, need(body, 'userId', expected));
      const withdrawn = state.consents.delete(
        consentKey({ appKey: need(body, 'clientId', expected), unionId: visitor?.unionId ?? '' }),
      );
      return { withdrawn };
    },
    'GET /previews': () => state.previews,
  };
}
