import * as v from 'valibot';
import type { PreviewedMessage, SourceList, SourcePreview, SourceView } from '../../contract/answers/sources.ts';
import type { PutSource } from '../../contract/requests/sources.ts';
import { To } from '../../contract/values.ts';
import { type Access, requireRecord } from '../base/access.ts';
import { type Fault, InvalidInput } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { nameFaults } from '../messages/accept.ts';
import { costOf, type MostCalls } from '../messages/cost.ts';
import type { DestinationLister, DestinationStore } from '../messages/destination.ts';
import { outlineOf } from '../messages/render/plan.ts';
import type { Fill } from './kinds/json.ts';
import { renderedBy } from './render-source.ts';
import type { Said } from './said.ts';
import { newSourceKey, type Source, SourceName, type SourceStore, sourceView } from './source.ts';
import { claimTopics, settleTopics } from './topics.ts';

export type SourcesDeps = {
  sources: SourceStore;
  destinations: DestinationStore;
  publicUrl: string;
  most: MostCalls;
  fill: Fill;
  now: () => number;
};

/** The key before is good for so long after a new one was made: time to enter the new one. */
const OLD_KEY_MS = 24 * 3_600_000;

/**
 * Makes a source, or changes it. Its key is told when it is made, and when `rotateKey` asks for another; the old one works
 * for a day more.
 */
export async function putSource(
  { sources, publicUrl, now }: Pick<SourcesDeps, 'sources' | 'publicUrl' | 'now'>,
  { name, rules, access }: { name: string; rules: PutSource; access: Access },
): Promise<SourceView> {
  const valid = v.safeParse(SourceName, name);
  if (!valid.success) throw invalidName(`"${name}" ${valid.issues[0].message}`);
  const before = await sources.read(name);
  if (before) requireRecord(access, ownedBy(before));
  const key = before && !rules.rotateKey ? undefined : newSourceKey(name);
  const keyHash = key === undefined ? (before?.keyHash ?? '') : sha256(key);
  const oldKey = key !== undefined && before ? { hash: before.keyHash, until: now() + OLD_KEY_MS } : before?.oldKey;
  const { rotateKey: _, ...kept } = rules;
  const source = { name, owner: before?.owner ?? access.owner, rules: kept, keyHash, ...(oldKey && { oldKey }) };
  await claimTopics(sources, source);
  await sources.put(source);
  await settleTopics(sources, name, before);
  return sourceView(source, { publicUrl, key });
}

/** What the schema cannot know: unknown destinations, of the source and of its rules. */
export async function sourceFaults(
  deps: { destinations: DestinationStore & DestinationLister; most: MostCalls },
  body: unknown,
  access: Access,
): Promise<Fault[]> {
  const given = v.safeParse(v.object({ incidents: v.object({ rules: v.array(v.object({ to: To })) }) }), body);
  // labels may fit all rules, and an incident is shown when it opens and when it ends
  const to = given.success ? given.output.incidents.rules.flatMap((rule) => rule.to) : [];
  const byRules = await nameFaults('to', { times: 2 })(deps, { to }, access);
  const rules = byRules.map((fault) => ({ ...fault, path: 'incidents.rules' }));
  return [...(await nameFaults('to')(deps, body, access)), ...rules];
}

export async function getSource(deps: Pick<SourcesDeps, 'sources' | 'publicUrl'>, name: string, access: Access) {
  const source = await known(deps, name, access);
  const seen = await deps.sources.seen(name);
  return { ...sourceView(source, deps), ...(seen && { seen }) };
}

export async function listSources({
  sources,
  publicUrl,
}: Pick<SourcesDeps, 'sources' | 'publicUrl'>): Promise<SourceList> {
  const found = await sources.list();
  return { items: found.map((source) => sourceView(source, { publicUrl })) };
}

export async function removeSource({ sources }: Pick<SourcesDeps, 'sources'>, name: string, access: Access) {
  const source = await sources.read(name);
  if (!source) return;
  requireRecord(access, ownedBy(source));
  await sources.remove(name);
  await settleTopics(sources, name, source);
}

/** What a body would become, without sending it: `body` as the sender would deliver it. */
export async function previewSource(
  deps: SourcesDeps,
  name: string,
  access: Access,
  body: string,
): Promise<SourcePreview> {
  const source = await known(deps, name, access);
  const receivedAt = new Date(deps.now()).toISOString();
  const { said, note } = await renderedBy(deps.fill, source, body, receivedAt);
  const messages = await Promise.all(said.map((one) => previewOf(deps, source, one)));
  return { messages, ...(note !== undefined && { note }) };
}

async function previewOf(
  { destinations, most }: SourcesDeps,
  { rules }: Source,
  said: Said,
): Promise<PreviewedMessage> {
  const { content, mention, priority = 'normal' } = said;
  const found = await Promise.all(rules.to.map(async (name) => ({ name, destination: await destinations.get(name) })));
  const to = found.flatMap(({ name, destination }) => (destination ? [{ name, destination }] : []));
  const sizes = to.map(({ destination }) => outlineOf(destination, content, mention).bytes);
  const { calls } = costOf(to, { content, mention }, most);
  return {
    ...('title' in content && { title: content.title }),
    text: [content, said.plain].flatMap((form) => ('text' in form ? [form.text] : []))[0] ?? '',
    to: to.map(({ name }) => name),
    bytes: Math.max(0, ...sizes),
    calls,
    mentions: [...(mention?.users ?? []), ...(mention?.mobiles ?? []), ...(mention?.all ? ['all'] : [])],
    priority,
  };
}

async function known({ sources }: Pick<SourcesDeps, 'sources'>, name: string, access: Access): Promise<Source> {
  const source = v.is(SourceName, name) ? await sources.read(name) : undefined;
  if (!source) {
    const message = `no source is named "${name}"; GET /sources lists them`;
    throw new InvalidInput('sources.get', 'unknown_source', [{ path: 'name', code: 'unknown_source', message }]);
  }
  requireRecord(access, ownedBy(source));
  return source;
}

function ownedBy({ owner, rules }: Source) {
  const ruled = 'incidents' in rules ? (rules.incidents?.rules ?? []) : [];
  return { owner, destinations: [...rules.to, ...ruled.flatMap(({ to }) => to)] };
}

function invalidName(message: string): InvalidInput {
  return new InvalidInput('sources.put', 'invalid_name', [{ path: 'name', code: 'invalid_name', message }]);
}
