import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Input, Routes } from '../../contract/route.ts';
import { destinationRoutes } from '../../contract/routes/destinations.ts';
import { followRoutes } from '../../contract/routes/follow.ts';
import { messageRoutes } from '../../contract/routes/send.ts';
import { taskRoutes } from '../../contract/routes/tasks.ts';
import { uploadRoutes } from '../../contract/routes/upload.ts';
import { CALLER_ROUTES } from '../../contract/routes.ts';
import type { Fault } from '../../lib/base/errors.ts';
import { inlined, type JsonSchema, valuesOf } from '../support/json-schema.ts';
import fc from '../support/property.ts';

const read = (input: Input, value: unknown): Fault[] => {
  const outcome = input.read(value);
  return Array.isArray(outcome) ? outcome : [];
};
const message = (body: unknown) => read(messageRoutes['POST /messages'].body, body);
const task = (body: unknown) => read(taskRoutes['POST /tasks'].body, body);
const change = (body: unknown) => read(taskRoutes['PATCH /tasks/{id}'].body, body);
const file = (body: unknown) => read(uploadRoutes['POST /files'].body, body);
const destination = (body: unknown) => read(destinationRoutes['PUT /destinations/{name}'].body, body);
const list = (query: unknown) => read(followRoutes['GET /messages'].query, query);

const right = { to: 'ops', text: 'x' };
const task1 = { title: 'x', assignees: ['lisi'] };
const CASES: [what: string, faults: Fault[], code: string, path: string, says: RegExp][] = [
  ['no body', message(undefined), 'missing_field', '', /^the request is missing/],
  ['a text', message('x'), 'wrong_type', '', /takes an object such as .*not a text/],
  ['no content', message({ to: 'ops' }), 'content_missing', '', /give exactly one of text, markdown/],
  ['two contents', message({ ...right, markdown: { title: 'a', text: 'b' } }), 'content_ambiguous', '', /exactly one/],
  ['no destination', message({ text: 'x' }), 'missing_field', 'to', /is missing; it takes one of several forms/],
  ['an empty destination', message({ ...right, to: '' }), 'too_short', 'to', /is empty/],
  ['no destinations', message({ ...right, to: [] }), 'too_few', 'to', /at least 1/],
  ['21 destinations', message({ ...right, to: Array(21).fill('a') }), 'too_many', 'to', /at most 20, not 21/],
  ['a number among names', message({ ...right, to: ['a', 5] }), 'wrong_type', 'to.1', /takes a text.*not a number/],
  ['null', message({ ...right, to: null }), 'wrong_type', 'to', /not null/],
  ['a member that is not there', message({ ...right, mentoin: {} }), 'unknown_field', 'mentoin', /mean "mention"\?/],
  [
    'a member of another word',
    message({ to: 'ops', link: { title: 'a', text: 'b', url: 'https://a.b', imageUrl: 'c' } }),
    'unknown_field',
    'link.imageUrl',
    /did you mean "pictureUrl"\?/,
  ],
  ['a name of another word', message({ ...right, priority: 'hihg' }), 'not_one_of', 'priority', /mean "high"\?/],
  [
    'no address',
    message({ to: 'a', link: { title: 'a', text: 'b', url: 'x' } }),
    'invalid_format',
    'link.url',
    /https:/,
  ],
  ['no time', message({ ...right, expiresAt: '2026-12-31' }), 'invalid_format', 'expiresAt', /2026-01-31T08:00:00Z/],
  [
    'a day that is none',
    message({ ...right, expiresAt: '2036-02-30T00:00:00Z' }),
    'invalid_format',
    'expiresAt',
    /day that exists/,
  ],
  [
    'nobody’s name',
    message({ ...right, mention: { users: ['lisi', 'li si'] } }),
    'invalid_format',
    'mention.users.1',
    /person/,
  ],
  [
    'no number',
    message({ ...right, mention: { mobiles: ['abc'] } }),
    'invalid_format',
    'mention.mobiles.0',
    /11 digits/,
  ],
  ['a number as mention', message({ ...right, mention: 'lisi' }), 'wrong_type', 'mention', /takes an object such as/],
  ['true in words', message({ ...right, mention: { all: 'yes' } }), 'wrong_type', 'mention.all', /true or false/],
  [
    'too many mentions',
    message({ ...right, mention: { users: Array(30).fill('a'), mobiles: Array(30).fill('1') } }),
    'too_many_mentions',
    '',
    /takes 50/,
  ],
  [
    'a colour',
    message({ to: 'a', oa: { url: 'https://a.b', head: { text: 'a', color: 'red' }, body: {} } }),
    'invalid_format',
    'oa.head.color',
    /hex digits/,
  ],
  [
    'a long voice',
    message({ to: 'a', voice: { mediaId: 'a', durationMs: 60_000 } }),
    'too_large',
    'voice.durationMs',
    /59999 or less/,
  ],
  [
    'half a millisecond',
    message({ to: 'a', voice: { mediaId: 'a', durationMs: 0.5 } }),
    'wrong_type',
    'voice.durationMs',
    /whole number/,
  ],
  ['nobody to do it', task({ ...task1, assignees: [] }), 'too_few', 'assignees', /at least 1/],
  [
    'a person of no kind',
    task({ ...task1, assignees: [{ name: 'x' }] }),
    'unknown_field',
    'assignees.0.name',
    /is no field/,
  ],
  ['a person by number', task({ ...task1, assignees: [5] }), 'wrong_type', 'assignees.0', /one of several forms/],
  [
    'a person by a wrong userId',
    task({ ...task1, assignees: [{ userId: 5 }] }),
    'wrong_type',
    'assignees.0.userId',
    /text/,
  ],
  ['a long title', task({ ...task1, title: 'x'.repeat(1025) }), 'too_long', 'title', /at most 1024 characters/],
  ['a long address', task({ ...task1, url: `https://a.b/${'x'.repeat(1024)}` }), 'too_long', 'url', /1024 bytes/],
  ['too much data', task({ ...task1, data: { a: 'x'.repeat(17_000) } }), 'invalid_format', 'data', /at most 16 KB/],
  ['a reminder of nothing', task({ ...task1, remindBefore: 5 }), 'due_missing', '', /needs "due"/],
  ['a reminder at once', task({ ...task1, remindBefore: 0 }), 'too_small', 'remindBefore', /1 or more/],
  ['no change', change({ comment: 'x' }), 'change_missing', '', /nothing that is to be changed/],
  ['no step', change({ step: {} }), 'missing_field', 'step.state', /one of assigned, accepted, done, declined/],
  ['no name', file({ to: 'a', fileName: '/', size: 1 }), 'invalid_format', 'fileName', /report\.pdf/],
  ['an empty file', file({ to: 'a', fileName: 'a', size: 0 }), 'too_small', 'size', /1 or more/],
  [
    'a media type',
    file({ to: 'a', fileName: 'a', size: 1, contentType: 'pdf' }),
    'invalid_format',
    'contentType',
    /application\/pdf/,
  ],
  ['no kind', destination({}), 'missing_field', 'kind', /one of custom-robot, custom-robot-pool/],
  ['an unknown kind', destination({ kind: 'custom-robto' }), 'not_one_of', 'kind', /did you mean "custom-robot"\?/],
  ['no token', destination({ kind: 'custom-robot' }), 'missing_field', 'accessToken', /takes a text/],
  [
    'a member of another kind',
    destination({ kind: 'robot-group', openConversationId: 'c', userIds: [] }),
    'unknown_field',
    'userIds',
    /there are/,
  ],
  [
    'nobody to notify',
    destination({ kind: 'work-notification' }),
    'receiver_missing',
    '',
    /userIds, departmentIds or all/,
  ],
  ['no conversation', destination({ kind: 'conversation', cid: 'c' }), 'conversation_missing', '', /sender and cid/],
  [
    'a fallback to two places',
    destination({
      kind: 'robot-users',
      userIds: ['a'],
      fallback: { to: 'b', topicArn: `arn:aws:sns:eu-central-1:${'1'.repeat(12)}:t` },
    }),
    'fallback_missing',
    'fallback',
    /to or topicArn/,
  ],
  [
    'an extension',
    destination({ kind: 'robot-users', userIds: ['a'], files: { types: ['.PDF'] } }),
    'invalid_format',
    'files.types.0',
    /such as pdf/,
  ],
  ['an unknown status', list({ status: 'faild' }), 'not_one_of', 'status', /did you mean "failed"\?/],
];

test.each(CASES)('%s is told with a code and words of our own', (...[, faults, code, path, says]) => {
  expect(faults).toContainEqual({ path, code, message: expect.stringMatching(says) });
});

test('all unknown fields are told at once, in the body and in what is in it', () => {
  const faults = message({ ...right, a: 1, b: 2, mention: { c: 3, users: ['x'] } });
  expect(faults.map(({ path, code }) => `${path} ${code}`).sort()).toEqual([
    'a unknown_field',
    'b unknown_field',
    'mention.c unknown_field',
  ]);
});

const CODES = [
  ...['missing_field', 'unknown_field', 'wrong_type', 'not_one_of', 'invalid_format', 'too_short', 'too_long'],
  ...['too_few', 'too_many', 'too_small', 'too_large', 'content_missing', 'content_ambiguous', 'too_many_mentions'],
  ...['due_missing', 'change_missing', 'receiver_missing', 'conversation_missing'],
  'fallback_missing',
  ...['asker_missing', 'reject_missing', 'choice_twice'],
];
/** Words of the schema library, and its codes. */
const LIBRARY =
  /\bInvalid|Expected|received|strict_object|non_empty|min_length|picklist|variant|iso_timestamp|undefined/;

const { paths, components } = JSON.parse(readFileSync('openapi.json', 'utf8'));

/** Everything of a kind that a schema does not take, in place of each of its parts. */
function wrongs(value: unknown): unknown[] {
  const here = [null, true, 0, -1, 0.5, 1e12, '', 'x', 'x'.repeat(5_000), [], [null], [{}], {}, { 'un known': 1 }];
  if (typeof value !== 'object' || value === null) return here;
  const members = Object.entries(value).flatMap(([name, member]) => {
    const copy = Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
    const remade = (other: unknown) =>
      Array.isArray(value)
        ? value.map((each, at) => (String(at) === name ? other : each))
        : { ...value, [name]: other };
    return [...wrongs(member).map(remade), ...(Array.isArray(value) ? [] : [copy, { ...copy, [`${name}s`]: member }])];
  });
  return [...here, ...members, ...(Array.isArray(value) ? [] : [{ ...value, unknown: 1 }])];
}

describe('whatever is wrong with it, a request is refused in our own words', () => {
  const routes: Routes = CALLER_ROUTES;
  const inputs = Object.entries(routes).flatMap(([key, { body, query }]) => {
    const [method = '', path = ''] = key.split(' ');
    const { requestBody } = paths[path][method.toLowerCase()];
    const examples: unknown[] = [{}];
    if (requestBody) {
      const { schema, examples: named } = requestBody.content['application/json'];
      examples.push(...Object.values<{ value: unknown }>(named).map(({ value }) => value));
      const shape: JsonSchema = inlined(schema, components.schemas);
      examples.push(...fc.sample(valuesOf(shape, true), { numRuns: 20, seed: 1 }));
    } else {
      const { parameters = [] } = paths[path][method.toLowerCase()];
      const names = parameters
        .filter((each: { in: string }) => each.in === 'query')
        .map((each: { name: string }) => each.name);
      // in a query all are texts
      examples.push(...['', 'x', '2026'].flatMap((text) => names.map((name: string) => ({ [name]: text }))));
    }
    const one = body ?? query;
    const all = requestBody ? examples.flatMap((example) => [example, ...wrongs(example)]) : examples;
    // a beginning of a title and the name of an app may be any text
    return one && key !== 'GET /conversations' ? [{ key, one, all }] : [];
  });

  test.each(inputs)('$key', ({ one, all }) => {
    const faults = new Map(all.flatMap((value) => read(one, value)).map((each) => [each.code + each.message, each]));
    const foreign = [...faults.values()].filter(
      ({ code, message: says }) =>
        !CODES.includes(code) || LIBRARY.test(says) || !/^(".*"|the request) [a-z]/s.test(says),
    );
    expect(foreign).toEqual([]);
    expect(faults.size).toBeGreaterThan(0);
  });
});
