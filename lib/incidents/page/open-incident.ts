import { isIdOf } from '../../base/ids.ts';
import { inEach, languageOf } from '../../base/language.ts';
import { againIn, type Opened } from '../../base/page-frame.ts';
import { type DeedPace, tooFast } from '../../base/people/deed-pace.ts';
import {
  backTo,
  type ClosedRecord,
  closedRecord,
  type PageRequest,
  visitRecord,
} from '../../base/visitor/open-record.ts';
import type { Claim, PageHolder } from '../../base/visitor/page-link.ts';
import type { Visit, VisitorDeps } from '../../base/visitor/visitor.ts';
import { type ChangeDeps, tapIncident } from '../change-incident.ts';
import { WORDS } from '../words/words.ts';
import { type IncidentPageView, incidentPage } from './incident-page.ts';

export type PageDeps = ChangeDeps &
  VisitorDeps & { incidentHolder(id: string, claim: Claim): PageHolder; deeds: DeedPace };

const LETTER = 'i';

/** Opens `/i/{id}`: the incident for whoever looks, or the way to sign in. */
export async function openIncident(deps: PageDeps, id: string, request: PageRequest): Promise<Opened> {
  const visit = { ...request, method: 'GET' as const };
  const view = await findView(deps, id, visit);
  return 'incident' in view ? incidentPage(view) : closedRecord(view, { letter: LETTER, id }, visit);
}

/** A tap on the page: takes or silences it for whoever looks. One that changed nothing gets the page as it is now. */
export async function tapOnPage(deps: PageDeps, id: string, request: PageRequest): Promise<Opened> {
  const visit = { ...request, method: 'POST' as const };
  const view = await findView(deps, id, visit);
  if (!('incident' in view)) return closedRecord(view, { letter: LETTER, id }, visit);
  const { viewer, visitor, language } = view;
  if (viewer === undefined) return incidentPage(view, 403);
  const fast = await tooFast(deps, viewer);
  if (fast) return againIn(incidentPage({ ...view, againInS: fast.againInS }, 429), fast.againInS);
  const tap = request.fields.tap === 'silence' ? 'silence' : 'take';
  const changed = await tapIncident(deps, id, tap, { userId: viewer, via: 'page' });
  if ('refused' in changed) return incidentPage({ ...view, incident: changed.record }, 409);
  return backTo(id, visitor, language);
}

/** With a link, and signed in, all of the organisation who have the address. */
async function findView(
  deps: PageDeps,
  id: string,
  request: PageRequest & Pick<Visit, 'method'>,
): Promise<IncidentPageView | ClosedRecord> {
  const find = async () => (isIdOf(LETTER, id) ? deps.incidents.get(id) : undefined);
  const noticeOf = (name: 'broken' | 'foreign' | 'expired' | 'missing') => inEach(WORDS, ({ notice }) => notice[name]);
  const seen = await visitRecord(deps, { letter: LETTER, id, find, holderOf: deps.incidentHolder, noticeOf }, request);
  if (!('found' in seen)) return seen;
  const { found: incident, visitor } = seen;
  const language = languageOf(request.fields.lang, request.headers['accept-language']);
  return { incident, visitor, viewer: visitor.userId, language, now: deps.now() };
}
