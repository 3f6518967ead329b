import type { Changed } from '../records/change.ts';
import { type Said, saidOf } from '../records/codes.ts';
import { type ChangeDeps, tapIncident } from './change-incident.ts';
import type { Incident, IncidentStore } from './incident.ts';
import type { Refusal, Tap } from './life.ts';
import { incidentName, personName, standing } from './names.ts';
import { WORDS } from './words/words.ts';
import type { Words } from './words/zh.ts';

/** What people say to take an incident, or to hear no more of it. */
const TAPS = new Map<string, Tap>([
  ...['认领', '接手', '我来', 'take', 'mine'].map((word) => [word, 'take'] as const),
  ...['静音', '静默', 'silence', 'mute'].map((word) => [word, 'silence'] as const),
]);
const STATUS = ['状态', 'status'];

/** Words about an incident: `认领 I-7F3Q`, `take I-7F3Q`. Others with a code in them are not meant for the robot. */
export function tapIn(text: string): Said | undefined {
  const said = saidOf('I', text);
  return said && (TAPS.has(said.word) || STATUS.includes(said.word)) ? said : undefined;
}

export type AnswerDeps = ChangeDeps & { incidents: Pick<IncidentStore, 'byCode'> };

/** Takes or silences it for the person whom DingTalk names, and says what to reply. */
export async function answerTap(deps: AnswerDeps, person: string, { word, code, language }: Said): Promise<string> {
  const words = WORDS[language];
  const say = words.robot;
  const found = await deps.incidents.byCode(code);
  if (!found) return say.unknown(code);
  const tap = TAPS.get(word);
  if (tap === undefined) return say.status(incidentName(found), howIn(found, words));
  const changed = await tapIncident(deps, found.id, tap, { userId: person, via: 'robot' });
  return 'missing' in changed ? say.unknown(code) : saidOfTap(changed, tap, words);
}

export function isTap(text: string): text is Tap {
  return text === 'take' || text === 'silence';
}

/** What became of a tap, in words. */
export function saidOfTap(
  changed: Exclude<Changed<Incident, Refusal>, { missing: true }>,
  tap: Tap,
  { robot: say }: Words,
): string {
  const { record } = changed;
  const name = incidentName(record);
  if (!('refused' in changed)) return tap === 'take' ? say.took(name) : say.silenced(name);
  return changed.refused === 'over'
    ? say.refused.over(name)
    : say.refused.taken(name, personName(record, record.taken?.userId ?? ''));
}

function howIn(incident: Incident, words: (typeof WORDS)['zh']): string {
  return incident.state === 'resolved' ? words.state.resolved : (standing(incident, words) ?? words.state.firing);
}
