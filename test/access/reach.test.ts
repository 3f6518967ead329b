import * as v from 'valibot';
import { expect, test } from 'vitest';
import { type Reach, type Route, type Routes, texts } from '../../contract/route.ts';
import { ROUTES } from '../../contract/routes.ts';
import { type Access, SCOPES } from '../../lib/base/access.ts';
import { type Authorizer, signedCallers, tokenCallers } from '../../lib/lambda/caller.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import { keyCallers } from '../../lib/lambda/key-callers.ts';
import { httpEvent } from '../support/events.ts';
import { memoryLog } from '../support/memory-log.ts';

// Every kind of key × every route × every member that names something: what it was not given it does not reach, and what
// it was given it does. The routes and their members are those of the contract; what each kind may is written down here.

type Grant = Pick<Access, 'scopes' | 'destinations' | 'people' | 'apps'>;
const ALL = ['*'];
const EVERYTHING: Grant = { scopes: ALL, destinations: ALL, people: ALL, apps: ALL };
const READS = SCOPES.filter((scope) => scope.endsWith(':read'));
const WRITES = SCOPES.filter((scope) => !scope.endsWith(':read'));
const GRANTS: Record<string, Grant> = {
  everything: EVERYTHING,
  reader: { ...EVERYTHING, scopes: READS },
  writer: { ...EVERYTHING, scopes: WRITES },
  'for ops': { ...EVERYTHING, destinations: ['ops'], people: [] },
  'for people': { ...EVERYTHING, destinations: [], people: ['zhangsan'] },
  'for an app': { ...EVERYTHING, destinations: [], people: ['zhangsan'], apps: ['second'] },
};

/** Who calls by each proof. Tokens say in their claims what keys say in their table; IAM knows everything only. */
const PROOFS: Record<string, (grant: Grant) => { authorization?: string; authorizer?: Authorizer }> = {
  key: () => ({ authorization: 'Bearer key' }),
  jwt: ({ scopes, destinations, people, apps }) => {
    const words = (list: readonly string[]) => `[${list.join(' ')}]`;
    const claims = {
      sub: 'ci',
      scope: scopes.join(' '),
      dingdock_destinations: words(destinations),
      dingdock_people: words(people),
      dingdock_apps: words(apps),
    };
    return { authorizer: { jwt: { claims } } };
  },
  iam: () => ({ authorizer: { iam: { userArn: 'arn:aws:iam::1:user/ci' } } }),
};
const KINDS = Object.entries(GRANTS).flatMap(([name, grant]) =>
  Object.keys(PROOFS)
    .filter((proof) => proof !== 'iam' || name === 'everything')
    .map((proof) => ({ name: `${proof}, ${name}`, proof, grant })),
);

const ANYTHING = texts(v.unknown());
const routes: Routes = Object.fromEntries(
  Object.entries(ROUTES).map(([key, route]) => [
    key,
    { ...route, ...(route.body && { body: ANYTHING }), ...(route.query && { query: ANYTHING }) },
  ]),
);

function callersOf(proof: string, { scopes, destinations, people, apps }: Grant) {
  if (proof === 'iam') return signedCallers;
  if (proof === 'jwt') return tokenCallers({ scopeClaim: 'scope', scopePrefix: '', destinationsRequired: true });
  const found = {
    name: 'ci',
    owner: 'ci',
    scopes: [...scopes],
    destinations: [...destinations],
    people: [...people],
    apps: [...apps],
  };
  const count = async () => ({ used: 1, nextMinuteInS: 60 });
  const spend = async () => ({ granted: true, used: 0 });
  return keyCallers({ keys: { find: async () => found, count, spend, touch: async () => undefined }, now: () => 0 });
}

type Given = { path: Record<string, unknown>; query: Record<string, unknown>; body: Record<string, unknown> };
type Named = [place: string, value: unknown];

/** A request that names just this. */
function requestOf(named: readonly Named[]): Given {
  const given: Given = { path: {}, query: {}, body: {} };
  for (const [place, value] of named) {
    const members = place.split('.');
    let at: Record<string, unknown> = given;
    for (const member of members.slice(0, -1)) {
      const next = Object(at[member]);
      at[member] = next;
      at = next;
    }
    at[members.at(-1) ?? ''] = value;
  }
  return given;
}

async function ask({ proof, grant }: (typeof KINDS)[number], route: string, named: readonly Named[]) {
  const handler = httpHandler({
    ready: async () => ({}),
    callers: async () => callersOf(proof, grant),
    log: memoryLog().log,
    routes,
    handlers: { [route]: async () => ({ status: 200, body: { done: true } }) },
  });
  const { path, query, body } = requestOf(named);
  const { authorization, authorizer } = PROOFS[proof]?.(grant) ?? {};
  const event = httpEvent(route, { body: JSON.stringify(body), headers: { ...(authorization && { authorization }) } });
  const { statusCode, body: text = '' } = await handler({
    ...event,
    pathParameters: path as Record<string, string>,
    queryStringParameters: query as Record<string, string>,
    requestContext: { ...event.requestContext, ...(authorizer && { authorizer }) },
  });
  return { status: statusCode, code: JSON.parse(text).code };
}

/** What each sort of name is to a grant: a name that it has, names that it has not, and the code that says so. */
type Sort = { code: string; inside(grant: Grant): unknown; outside(grant: Grant, inside: unknown): unknown[] };
const forms = (inside: unknown, name: unknown) => [name, [name], ...(inside === undefined ? [] : [[inside, name]])];
const SORTS: Record<Exclude<keyof Reach, 'all' | 'targets'>, Sort> = {
  destinations: {
    code: 'destination_not_allowed',
    inside: ({ destinations: [one] }) => (one === '*' ? 'project' : one),
    outside: ({ destinations }, inside) =>
      destinations.includes('*') ? [] : [...forms(inside, 'project'), '*', 'Ops', '@default:lisi', [['project']]],
  },
  people: {
    code: 'people_not_allowed',
    inside: ({ people: [one] }) => (one === '*' ? 'lisi' : one),
    outside({ people }, inside) {
      if (people.includes('*')) return [];
      // another id than the userId could be anybody's, and numbers and `true` stand for departments and for all
      const others = [
        { userId: 'lisi' },
        { mobile: 'zhangsan' },
        { unionId: 'zhangsan' },
        [{ mobile: '1' }],
        1,
        [1],
        true,
      ];
      return [...forms(inside, 'lisi'), ...others];
    },
  },
  mentions: { code: '', inside: () => 'lisi', outside: () => [] },
  apps: {
    code: 'app_not_allowed',
    inside: ({ apps: [one] }) => (one === '*' ? 'default' : one),
    outside: ({ apps }) => (apps.includes('*') ? [] : ['default', undefined, '*']),
  },
  // what a key for certain destinations may bind is held against what is bound (test/e2e/access.test.ts)
  groups: { code: '', inside: () => 'cidProject=', outside: () => [] },
  // a record tells whose it is once it is read (test/e2e/access.test.ts)
  records: { code: '', inside: () => 'm_1', outside: () => [] },
  objects: {
    code: 'object_not_allowed',
    inside: ({ scopes }) => (scopes.includes('*') ? 's3:media/chart.png' : '@lADP'),
    outside: ({ scopes }) =>
      scopes.includes('*')
        ? ['inbox/x', 'upload/s_1/x', 'share/nowhere/x', 'share/ops', 'x', 'MEDIA/x', '/media/x', 'share//x'].map(
            (key) => `s3:${key}`,
          )
        : [],
  },
};

/** The members of a route that name something, by sort. */
function placesOf({ reaches }: Route): { sort: Sort; place: string }[] {
  const sorts: Record<string, Sort | undefined> = SORTS;
  return Object.entries(reaches)
    .filter(([name]) => name !== 'all' && name !== 'targets')
    .flatMap(([name, places]) => {
      const sort = sorts[name];
      if (!sort) throw new Error(`"${name}" of the contract has no rule here`);
      return [places].flat().map((place) => ({ sort, place: String(place) }));
    });
}

/** Everything that the grant has, at each place that takes it. */
const insideOf = (route: Route, grant: Grant): Named[] =>
  placesOf(route).flatMap(({ sort, place }): Named[] => {
    const value = sort.inside(grant);
    return value === undefined ? [] : [[place, value]];
  });

const holds = (list: readonly string[], wanted: string) => list.includes('*') || list.includes(wanted);

/** Whether a key of this grant gets anything at all from a route. */
function isOpenTo({ scopes, destinations, people }: Grant, { needs, reaches }: Route): boolean {
  if (needs !== 'key' && needs !== 'none' && !holds(scopes, needs)) return false;
  if (reaches.all && !destinations.includes('*')) return false;
  if (reaches.all && reaches.people && !people.includes('*')) return false;
  // a path without a name is none
  return !(reaches.destinations ?? []).some((place) => place.startsWith('path.') && destinations.length === 0);
}

const GUARDED = Object.entries(ROUTES).filter(([, { needs }]) => needs !== 'none');

test.each(KINDS)('$name: reaches what it was given, by every route that is open to it', async (kind) => {
  const answers: unknown[] = [];
  for (const [name, route] of GUARDED.filter(([, each]) => isOpenTo(kind.grant, each))) {
    answers.push([name, (await ask(kind, name, insideOf(route, kind.grant))).status]);
  }
  expect(answers.length).toBeGreaterThan(5);
  expect(answers).toEqual(answers.map((answer) => [[answer].flat()[0], 200]));
});

type Try = { route: string; named: Named[]; code?: string };

/** All that a grant may not reach, by each member of each route; of a route that is closed to it, anything. */
function forbiddenTo(grant: Grant): Try[] {
  return GUARDED.flatMap(([route, described]): Try[] => {
    const inside = insideOf(described, grant);
    if (!isOpenTo(grant, described)) return [{ route, named: [['path.name', 'project'], ...inside] }];
    return placesOf(described).flatMap(({ sort, place }) => {
      const others = inside.filter(([other]) => other !== place);
      // lists and objects are for bodies
      const values = sort
        .outside(grant, sort.inside(grant))
        .filter((value) => place.startsWith('body.') || value === undefined || typeof value === 'string');
      return values.map((value): Try => {
        const named: Named[] = value === undefined ? others : [...others, [place, value]];
        return { route, named, code: sort.code };
      });
    });
  });
}

test.each(KINDS)('$name: reaches nothing else, by any route or member', async (kind) => {
  const tries = forbiddenTo(kind.grant);
  expect(tries.length).toBeGreaterThan(5);
  const reached: unknown[] = [];
  for (const { route, named, code } of tries) {
    const answer = await ask(kind, route, named);
    if (answer.status !== 403 || (code !== undefined && answer.code !== code)) reached.push([route, named, answer]);
  }
  expect(reached).toEqual([]);
});

test('without a proof no route of the contract answers, but those it lists as open', async () => {
  for (const [route, { needs }] of Object.entries(ROUTES)) {
    for (const callers of [undefined, ...['key', 'jwt', 'iam'].map((proof) => callersOf(proof, EVERYTHING))]) {
      const handler = httpHandler({
        ready: async () => ({}),
        ...(callers && { callers: async () => callers }),
        log: memoryLog().log,
        routes,
        handlers: { [route]: async () => ({ status: 200, body: { done: true } }) },
      });
      const { statusCode } = await handler(httpEvent(route, { body: '{}' }));
      expect([route, statusCode]).toEqual([route, needs === 'none' ? 200 : 401]);
    }
  }
});
