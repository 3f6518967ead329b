/** What holds for all routes, for both forms of the reference: a line of words each, code in backticks. */
export const INTRO: readonly [title: string, words: string][] = [
  [
    'Address',
    'Locally `http://127.0.0.1:3000`; of a deployed stage `dingdock deploy` says it. JSON in UTF-8, both ways.',
  ],
  [
    'Key',
    '`Authorization: Bearer <key>`, or Basic with the key as password. `dingdock keys create` makes one, with the scopes and the destinations that it may reach; locally it is `local`.',
  ],
  [
    'Errors',
    '`application/problem+json` with a stable `code`, every fault of the request at once in `errors`, and what to do in `remedy`.',
  ],
  [
    'Repeats',
    'With an `Idempotency-Key` a POST may be sent again after no answer came: the same key and body are the same request. Another body with it is refused with 422.',
  ],
  ['Lists', 'A page has a `cursor` while there are more; give it back for the next page.'],
  ['Unknown fields', 'They are refused, in bodies and in queries, with the name that was probably meant.'],
];
