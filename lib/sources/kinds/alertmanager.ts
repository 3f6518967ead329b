import * as v from 'valibot';
import { isObject, parseJson } from '../../base/json.ts';
import { asLine, asLink, asMarkdown, encoded } from '../../messages/text/plain.ts';
import { shortened } from '../../messages/text/tokens.ts';
import { BY_STATUS, brokenBody, type Door, requireSignature } from '../delivery.ts';
import { languageOf, markdown, type Render, type Rendering } from '../said.ts';
import type { Source } from '../source.ts';
import { WORDS } from '../words/words.ts';
import type { Words } from '../words/zh.ts';

// The webhook of Prometheus' Alertmanager (version "4"), and of Grafana, which sends the same with members more.

/** Senders of many versions: what is of another type than expected counts as absent. */
const text = v.fallback(v.optional(v.string(), ''), '');
const Labels = v.fallback(v.optional(v.record(v.string(), v.pipe(v.unknown(), v.transform(String))), {}), {});
const Alert = v.object({
  status: text,
  labels: Labels,
  annotations: Labels,
  startsAt: text,
  endsAt: text,
  generatorURL: text,
  fingerprint: text,
  silenceURL: text,
  dashboardURL: text,
  panelURL: text,
  valueString: text,
});
type Alert = v.InferOutput<typeof Alert>;
const Group = v.object({
  status: text,
  receiver: text,
  groupKey: text,
  groupLabels: Labels,
  commonLabels: Labels,
  commonAnnotations: Labels,
  externalURL: text,
  truncatedAlerts: v.fallback(v.optional(v.number(), 0), 0),
  alerts: v.pipe(v.array(v.fallback(Alert, v.getDefaults(Alert) as never)), v.minLength(1)),
});
type Group = v.InferOutput<typeof Group>;

export const door: Door = {
  ...BY_STATUS,
  async admit({ now }, { rules }, delivery) {
    if ('hmac' in rules && rules.hmac) {
      requireSignature({ header: 'x-grafana-alerting-signature', ...rules.hmac }, delivery, now());
    }
    const group = groupIn(delivery.body);
    if (!group) throw brokenBody('This source takes what Alertmanager or Grafana sends: JSON with a list "alerts".');
    return { keep: true, identity: identityOf(group) };
  },
};

/** All tries of one notification are the same; one that repeats hours later is not dropped, since the queue forgets. */
function identityOf({ groupKey, receiver, status, alerts }: Group): string {
  const each = alerts.map(({ fingerprint, status: state, startsAt, endsAt }) => [fingerprint, state, startsAt, endsAt]);
  return JSON.stringify([receiver, groupKey, status, each]);
}

export const render: Render = (source, body, receivedAt): Rendering => {
  const group = groupIn(body);
  if (!group) return { said: [] };
  const words = WORDS[languageOf(source)];
  const [firing, resolved] = [of(group, 'firing'), of(group, 'resolved')];
  const name = nameOf(group);
  const title = [
    ...(firing.length > 0 ? [headOf(words, 'firing', firing.length)] : []),
    ...(resolved.length > 0 ? [headOf(words, 'resolved', resolved.length)] : []),
  ].join(' ');
  const left = { count: MOST_SHOWN };
  const blocks = [
    ...blocksOf(source, group, firing, { words, left, receivedAt }),
    ...blocksOf(source, group, resolved, { words, left, receivedAt }),
  ];
  const rest = firing.length + resolved.length + group.truncatedAlerts - (MOST_SHOWN - left.count);
  const text = [
    `### ${title}${words.colon}${asLine(name)}`,
    ...blocks,
    ...(rest > 0 ? [words.more(rest)] : []),
    linksOf(group, words),
  ].filter((part) => part !== '');
  const urgent = firing.some(({ labels }) => URGENT.includes((labels.severity ?? '').toLowerCase()));
  const incident = {
    identity: JSON.stringify([group.receiver, group.groupKey || group.groupLabels]),
    state: firing.length > 0 ? ('firing' as const) : ('resolved' as const),
    labels: firing.length + resolved.length === 1 ? (group.alerts[0]?.labels ?? {}) : labelsOf(group, urgent),
  };
  const said = { ...markdown(`${title} ${name}`, text.join('\n\n')), incident };
  return { said: [{ ...said, ...(urgent && { priority: 'high' as const }) }] };
};

/** What all alerts have in common; the worst of their severities is the group's. */
function labelsOf({ commonLabels, groupLabels, alerts }: Group, urgent: boolean): Record<string, string> {
  const firing = alerts.filter(({ status }) => status !== 'resolved').map(({ labels }) => labels.severity ?? '');
  const worst = urgent ? firing.find((severity) => URGENT.includes(severity.toLowerCase())) : firing[0];
  return { ...groupLabels, ...(worst !== undefined && worst !== '' && { severity: worst }), ...commonLabels };
}

/** Of more alerts a phone shows no end. */
const MOST_SHOWN = 10;
const URGENT = ['critical', 'page', 'emergency', 'disaster', 'p0', 'p1'];
const MARKS = { firing: '🔴', resolved: '✅' };

function headOf(words: Words, state: 'firing' | 'resolved', count: number): string {
  return `${MARKS[state]} ${words.state[state]}${count > 1 ? ` ${words.count(count)}` : ''}`;
}

function of({ alerts }: Group, status: 'firing' | 'resolved'): Alert[] {
  return alerts.filter((alert) => (alert.status === 'resolved') === (status === 'resolved'));
}

function nameOf({ groupLabels, commonLabels, alerts, receiver }: Group): string {
  return groupLabels.alertname || commonLabels.alertname || alerts[0]?.labels.alertname || receiver || 'alert';
}

type Shown = { words: Words; left: { count: number }; receivedAt: string };

function blocksOf(
  source: Source,
  group: Group,
  alerts: readonly Alert[],
  { words, left, receivedAt }: Shown,
): string[] {
  const shown = alerts.slice(0, left.count);
  left.count -= shown.length;
  return shown.map((alert) => blockOf(source, group, alert, { words, receivedAt }));
}

function blockOf({ rules }: Source, group: Group, alert: Alert, { words, receivedAt }: Omit<Shown, 'left'>): string {
  const { labels, annotations } = alert;
  const said = annotations.summary || annotations.message || annotations.description || '';
  const more = said === annotations.description ? '' : (annotations.description ?? '');
  const own = Object.entries(labels).filter(([name]) => group.commonLabels[name] === undefined && name !== 'alertname');
  const named = own.length > 0 ? own : Object.entries(labels).filter(([name]) => NAMING.includes(name));
  const subject = named.map(([name, value]) => (NAMING.includes(name) ? value : `${name}=${value}`)).join(' · ');
  const lines = [
    ...(subject === '' ? [] : [`**${asLine(shortened(subject, 200))}**`]),
    ...[said, more].filter((line) => line !== '').map((line) => asMarkdown(shortened(line, 500))),
    timeLine(alert, {
      words,
      receivedAt,
      timeZone: rules.timeZone ?? (rules.language === 'en' ? 'UTC' : 'Asia/Shanghai'),
    }),
    linksOfAlert(alert, words),
  ];
  return lines.filter((line) => line !== '').join('  \n');
}

/** Labels whose value alone says which thing it is. */
const NAMING = ['instance', 'severity', 'job', 'namespace', 'pod', 'service', 'host', 'node'];

function timeLine(
  { startsAt, endsAt, status }: Alert,
  { words, receivedAt, timeZone }: { words: Words; receivedAt: string; timeZone: string },
): string {
  const [from, to] = [Date.parse(startsAt), Date.parse(endsAt)];
  if (Number.isNaN(from)) return '';
  const until = status === 'resolved' && to > from ? to : Date.parse(receivedAt);
  const minutes = Math.max(0, Math.round((until - from) / 60_000));
  return `${words.since} ${timeIn(from, timeZone)} · ${words.lasted} ${words.duration(minutes)}`;
}

function timeIn(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at);
}

function linksOfAlert({ generatorURL, silenceURL, dashboardURL, panelURL, annotations }: Alert, words: Words): string {
  return linked([
    [words.link.alert, generatorURL],
    [words.link.silence, silenceURL],
    [words.link.dashboard, dashboardURL],
    [words.link.panel, panelURL],
    [words.link.runbook, annotations.runbook_url ?? annotations.runbook ?? ''],
  ]);
}

/** Where the whole group can be silenced: Alertmanager's own page, with the labels of the group filled in. */
function linksOf({ externalURL, groupLabels, commonLabels, alerts }: Group, words: Words): string {
  if (!isWeb(externalURL) || alerts.some(({ silenceURL }) => silenceURL !== '')) return '';
  const labels = Object.entries(Object.keys(groupLabels).length > 0 ? groupLabels : commonLabels);
  const filter = `{${labels.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}}`;
  const base = externalURL.replace(/\/+$/, '');
  return linked([
    [words.link.silence, `${base}/#/silences/new?filter=${encoded(filter)}`],
    [words.link.alert, `${base}/#/alerts`],
  ]);
}

function linked(links: readonly (readonly [string, string])[]): string {
  return links
    .filter(([, url]) => isWeb(url))
    .map(([words, url]) => asLink(words, url))
    .join(' · ');
}

function isWeb(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url) && url.length <= 2_000;
}

function groupIn(body: string): Group | undefined {
  const given = parseJson(body);
  if (!isObject(given)) return undefined;
  const parsed = v.safeParse(Group, given);
  return parsed.success ? parsed.output : undefined;
}
