import * as v from 'valibot';
import { type Fault, InvalidInput } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { oncePer } from '../base/once.ts';
import type { Signal } from '../incidents/incident.ts';
import { type ReportDeps, reportIncident } from '../incidents/report.ts';
import { type AcceptDeps, acceptMessage, destinationFaults } from '../messages/accept.ts';
import { Content } from '../messages/content.ts';
import type { MostCalls } from '../messages/cost.ts';
import { MAX_MENTIONS } from '../messages/mention.ts';
import { shortened } from '../messages/text/tokens.ts';
import { render as alertmanager } from './kinds/alertmanager.ts';
import { render as robot } from './kinds/dingtalk-robot.ts';
import { type Fill, renderJson } from './kinds/json.ts';
import { render as sns } from './kinds/sns.ts';
import type { Render, Rendering, Said } from './said.ts';
import type { RawStore, Received, Source, SourceKind, SourceStore } from './source.ts';

export type RenderDeps = ReportDeps &
  AcceptDeps & {
    log: Log;
    sources: Pick<SourceStore, 'read' | 'note'>;
    raw: Pick<RawStore, 'get'>;
    most: MostCalls;
    fill: Fill;
  };

/**
 * What a delivery becomes, by the kind of its source. A kind that fails over a body shows the body: nothing that was kept
 * is lost. What comes out is what a record of a message takes, whatever came in.
 */
export async function renderedBy(fill: Fill, source: Source, body: string, receivedAt: string): Promise<Rendering> {
  const renders: Record<SourceKind, Render> = { 'dingtalk-robot': robot, alertmanager, sns, json: renderJson(fill) };
  try {
    const { said, ...rest } = await renders[source.rules.kind](source, body, receivedAt);
    return { said: said.map((one) => sendable(one, source.name)), ...rest };
  } catch (error) {
    const content: Content = { kind: 'text', text: shortened(body, MOST_RAW) || source.name };
    return { said: [{ content, plain: content }], note: error instanceof Error ? error.message : 'unknown' };
  }
}
const MOST_RAW = 3_000;

/** Senders write addresses and names that messages do not take: those are said in words, or left out. */
function sendable({ content, plain, mention, ...rest }: Said, name: string): Said {
  const worst: Content = { kind: 'text', text: 'text' in plain && plain.text !== '' ? plain.text : name };
  const said = v.is(Content, plain) ? plain : worst;
  const ids = (list: readonly string[] = []) => list.filter((id) => id !== '' && id.length <= MOST_ID);
  const people = mention && { ...mention, users: ids(mention.users), mobiles: ids(mention.mobiles) };
  const fits = people && people.users.length + people.mobiles.length <= MAX_MENTIONS;
  const first = people && { ...people, users: people.users.slice(0, MAX_MENTIONS), mobiles: [] };
  return {
    ...rest,
    content: v.is(Content, content) ? content : said,
    plain: said,
    ...(people && { mention: fits ? people : first }),
  };
}
const MOST_ID = 128;

/**
 * Turns what was received into messages of the source's owner. A record that comes twice makes the same messages once. What
 * a destination cannot carry goes as Markdown; what no destination takes any more is told at the source, and not tried again.
 */
export async function renderSource(deps: RenderDeps, received: Received): Promise<undefined> {
  const { sources, raw, fill, log } = deps;
  const source = await sources.read(received.source);
  if (!source) {
    log.warn('source-gone', { source: received.source, requestId: received.requestId });
    return undefined;
  }
  const body = received.body ?? (received.stored === undefined ? '' : await raw.get(received.stored));
  const { said, note } = await renderedBy(fill, source, body, received.receivedAt);
  const problems = [...(note === undefined ? [] : [{ code: 'template_failed', reason: note }])];
  for (const [index, one] of said.entries()) {
    const fresh = `${received.id}/${index}`;
    const reported = incidentOf(source, one, { id: fresh, at: received.receivedAt });
    if (reported) await reportIncident(deps, reported.of, reported.signal);
    const problem = reported ? undefined : await accept(deps, source, one, fresh);
    if (problem) problems.push(problem);
  }
  const [problem] = problems;
  await sources.note(source.name, { ...(problem && { problem }) });
  log.info('source-rendered', { source: source.name, messages: said.length, requestId: received.requestId });
  return undefined;
}

const GAP_MINUTES = 5;

/** What it says of an incident, and where that goes: by the rules that its labels fit, else where the source goes. */
function incidentOf(
  { name: source, owner, rules }: Source,
  { incident, plain, priority }: Said,
  received: Signal['received'],
) {
  const options = 'incidents' in rules ? rules.incidents : undefined;
  if (!options || !incident || plain.kind !== 'markdown') return undefined;
  const fits = options.rules?.filter(({ labels }) =>
    Object.entries(labels).every(([label, value]) => incident.labels[label] === value),
  );
  const to = fits && fits.length > 0 ? [...new Set(fits.flatMap((rule) => rule.to))] : rules.to;
  const gapMs = (options.quietGapMinutes ?? GAP_MINUTES) * 60_000;
  const next = (options.next ?? []).toSorted((a, b) => a.afterMinutes - b.afterMinutes);
  const { title, text } = plain;
  const urgent = priority === 'high' ? { priority } : {};
  return {
    of: { owner, source, to, gapMs, next, language: rules.language ?? 'zh' },
    signal: { ...incident, title, text, ...urgent, received },
  };
}

/** A message and those destinations that take it so. */
type Share = { to: string[]; content: Content };

/** Sends it in the form that each destination takes. @returns why some of them do not get it; undefined when all do */
async function accept(deps: RenderDeps, source: Source, said: Said, fresh: string) {
  const { mention, priority, once } = said;
  const { shares, fault } = await sharesOf(deps, source, said);
  for (const [index, { to, content }] of shares.entries()) {
    const idempotencyKey = `source/${source.name}/${once ?? fresh}/${index}`;
    try {
      await acceptMessage(deps, { caller: source.owner, idempotencyKey, to, content, mention, priority });
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      // the sender says that it said this before, if in other words
      if (once !== undefined && error.code === 'idempotency_key_reused') continue;
      return { code: error.code, reason: error.remedy ?? error.code };
    }
  }
  return fault && { code: fault.code, reason: fault.message };
}

async function sharesOf({ destinations, most }: RenderDeps, { rules }: Source, said: Said) {
  const shares = new Map<Content, Share>();
  let fault: Fault | undefined;
  for (const name of rules.to) {
    const faultsOf = (content: Content) =>
      destinationFaults({ destinations, most }, { path: 'to', names: [name], content, mention: said.mention });
    const faults = await faultsOf(said.content);
    const [worse] = faults.length === 0 || said.plain === said.content ? faults : await faultsOf(said.plain);
    const content = faults.length === 0 ? said.content : said.plain;
    if (worse) fault ??= worse;
    else oncePer(shares, content, () => ({ to: [], content })).to.push(name);
  }
  return { shares: [...shares.values()], fault };
}
