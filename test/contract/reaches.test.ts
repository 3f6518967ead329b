import { readFileSync } from 'node:fs';
import type * as v from 'valibot';
import { expect, test } from 'vitest';
import type { Route } from '../../contract/route.ts';
import { ROUTES } from '../../contract/routes.ts';

/**
 * Members of requests that name nothing outside of the request. A member that is neither here nor in the `reaches` of its
 * route makes the test below fail: whoever adds one decides which it is, since keys are held against `reaches`.
 */
const NAMES_NOTHING = new Set(
  `text title url pictureUrl orientation durationMs fileName color key value num unit content fileCount author pcUrl
   fallback expiresAt sendAt templateId params quietGapMinutes afterMinutes ifUnread labels priority delivery completion description due remindBefore data via tell partial state status comment
   size contentType caption days views kind secret messages perMs penaltyMs external maxBytes types linkOnly windowMs
    cursor dueBefore day limit owner
    language timeZone rotateKey header timestampHeader topics raw lambda identity convert keyword mentionInText
    confirm strict dryRun afterMs topicArn
    taskToken question details id label quorum excludeAsker onExpire code`.split(/\s+/),
);

type Node = v.GenericSchema & {
  type: string;
  entries?: Record<string, Node>;
  item?: Node;
  wrapped?: Node;
  options?: readonly Node[];
};

/** The members of a request in which no more members are, each by its path; lists and choices stand for what is in them. */
function leaves(node: Node, path: string): string[] {
  if (node.wrapped) return leaves(node.wrapped, path);
  if (node.item) return leaves(node.item, path);
  if (node.type === 'union' || node.type === 'variant') return (node.options ?? []).flatMap((one) => leaves(one, path));
  if (!node.entries) return [path];
  return Object.entries(node.entries).flatMap(([name, entry]) => leaves(entry, `${path}.${name}`));
}

const membersOf = ({ query, body }: Route) => [
  ...(query ? leaves(query.schema, 'query') : []),
  ...(body ? leaves(body.schema, 'body') : []),
];
/** `from` and `to` of quiet hours are times of day. */
const isHours = (member: string) => member.includes('.quiet.');
/** What a route says it reaches. */
const placesOf = ({ reaches }: Route): string[] => {
  const { all: _, targets: __, ...named } = reaches;
  return Object.values(named).flat();
};
const within = (member: string, places: string[]) =>
  places.some((place) => member === place || member.startsWith(`${place}.`));

test.each(Object.entries(ROUTES))('%s says of each member whether it names something', (route, described) => {
  const places = placesOf(described);
  const undecided = membersOf(described).filter(
    (member) => !within(member, places) && !isHours(member) && !NAMES_NOTHING.has(member.split('.').at(-1) ?? ''),
  );
  expect(undecided).toEqual([]);
  const inPath = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => `path.${name}`);
  expect(inPath.filter((member) => !places.includes(member))).toEqual([]);
});

test.each(Object.entries(ROUTES))('%s reaches nothing by a member that is not there', (route, described) => {
  const members = [...membersOf(described), ...[...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => `path.${name}`)];
  const gone = placesOf(described).filter((place) => !members.some((member) => within(member, [place])));
  expect(gone).toEqual([]);
});

test('a list shows what belongs to all, and is marked so', () => {
  const lists = Object.entries(ROUTES).filter(([route, { needs }]) => /^GET [^{]*$/.test(route) && needs.includes(':'));
  expect(lists.length).toBeGreaterThan(3);
  expect(lists.filter(([, { reaches }]) => !reaches.all)).toEqual([]);
});

test('docs/security.md says of each scope which routes it opens', () => {
  const rows = readFileSync('docs/security.md', 'utf8').matchAll(/^\| `(\w+:\w+)` \| ([^|]+) \|/gm);
  const told = [...rows].flatMap(([, scope, routes = '']) =>
    [...routes.matchAll(/`([^`]+)`/g)].map(([, route]) => `${scope} ${route}`),
  );
  const real = Object.entries(ROUTES).filter(([, { needs }]) => needs.includes(':'));
  expect(told.sort()).toEqual(real.map(([route, { needs }]) => `${needs} ${route}`).sort());
});
