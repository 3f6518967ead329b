import { ServiceError } from '../../base/errors.ts';
import type { Language } from '../../base/language.ts';
import { type AcceptDeps, acceptMessage } from '../../messages/accept.ts';
import type { Content } from '../../messages/content.ts';
import { appNameOf, type Destination } from '../../messages/destination.ts';
import { kindOf } from '../../messages/kinds/kinds.ts';
import { type App, type MediaDeps, mediaOf, sourceOf } from '../media.ts';
import { downloadCard, pictureMessage } from './download-card.ts';
import { whyLost } from './lost.ts';
import { brokenRule, LINK_ONLY } from './rules.ts';
import { sendByDrive } from './send-by-drive.ts';
import type { LinkStore, Share, Target, Way } from './share.ts';
import { type Because, MAX_MEDIA_BYTES, waysFor } from './ways.ts';

export type WayDeps = AcceptDeps &
  MediaDeps & {
    links: Pick<LinkStore, 'put'>;
    appNamed(name?: string): App;
    /** An id for a share's link that cannot be guessed and is the same at each try. */
    linkId(shareId: string): string;
    publicUrl: string;
    /** How to write to an app's people, and as whom. */
    languageOf(app?: string): Language;
    timeZoneOf(app?: string): string;
    senderOf(app?: string): string;
  };

/** DingTalk's codes for an extension that it refuses (files.md §1.4). */
const TYPE_REFUSED = ['40004', '40005'];
/** At this try a retryable failure counts as final, and the next way is tried: a late link is better than no file. */
const LAST_TRY = 4;
const LINK_DAYS = 7;
/** The drive takes a call for each receiver, and the record names each. */
const MOST_BY_DRIVE = 100;
const DAY_MS = 24 * 3_600_000;

const BY_LINK: readonly Way[] = ['link-card'];

type Plan = { ways: readonly Way[]; why?: Because };
type Served = { target: Target; share: Partial<Share> };
type Save = (target: Target) => Promise<void>;

/** Sends the file to one destination: tries the ways of the decision table one after the other until one works. */
export async function serveTarget(deps: WayDeps, share: Share, target: Target, save: Save): Promise<Served> {
  const { fileName = 'file', size } = share;
  const destination = await deps.destinations.get(target.destination);
  const unknown = { code: 'unknown_destination', reason: `no destination is named "${target.destination}"` };
  const refused = destination ? brokenRule(destination, fileName, size) : unknown;
  if (refused || !destination) return { target: { ...target, ...refused, status: 'refused' }, share: {} };
  const plan = planOf(destination, { ...share, fileName });
  const trip = { deps, share: { ...share, fileName }, target, destination, save };
  let { why } = plan;
  let failure: unknown;
  for (const way of plan.ways.filter((each) => each !== 'drive' || mayGoByDrive(trip))) {
    if (way === 'zip' && !TYPE_REFUSED.includes(why?.code ?? '')) continue;
    try {
      const done = await goBy(way, trip);
      return { target: { ...done.target, way, ...why, status: 'shared' }, share: done.share };
    } catch (error) {
      failure = error;
      why = becauseOf(error, share.attempts.length);
    }
  }
  throw failure;
}

function planOf({ kind, files }: Destination, { fileName, size, encoding }: Share & { fileName: string }): Plan {
  if (files?.linkOnly) return { ways: BY_LINK, why: LINK_ONLY };
  if (encoding === undefined) return waysFor(kind, fileName, size);
  // browsers unpack it, DingTalk does not
  const reason = `the object is packed (Content-Encoding: ${encoding}); a browser unpacks it`;
  return { ways: BY_LINK, why: { code: 'content_encoded', reason } };
}

/** Why the next way is tried. @throws the error itself when this way is to be tried again, or the object is lost. */
function becauseOf(error: unknown, attempts: number): Because {
  if (!(error instanceof ServiceError) || whyLost(error) !== undefined) throw error;
  if (error.retryable && attempts < LAST_TRY) throw error;
  return { code: error.code, reason: reasonOf(error) };
}

function mayGoByDrive(trip: Trip): boolean {
  const { destination } = trip;
  const spaces = kindOf(destination).spaces?.(destination) ?? [];
  return appOf(trip).drive !== undefined && spaces.length <= MOST_BY_DRIVE;
}

function appOf({ deps, destination }: Trip): App {
  return deps.appNamed(appNameOf(destination));
}

type Trip = {
  deps: WayDeps;
  share: Share & { fileName: string };
  target: Target;
  destination: Destination;
  save: Save;
};

async function goBy(way: Way, trip: Trip): Promise<Served> {
  const { deps, share, target, destination, save } = trip;
  const { fileName, caption } = share;
  const app = appOf(trip);
  const name = appNameOf(destination);
  const readers = { language: deps.languageOf(name), timeZone: deps.timeZoneOf(name) };
  const say = async (name: string, content: Content, otherwise?: Content[]) => {
    const key = `${share.id}/${target.destination}/${name}`;
    const { mention } = share;
    const speaks = content.kind !== 'image' && content.kind !== 'file';
    const request = {
      caller: 'share-file',
      idempotencyKey: key,
      to: [target.destination],
      content,
      otherwise,
    };
    return (await acceptMessage(deps, { ...request, ...(speaks && mention && { mention }) })).id;
  };
  /** An image or a file has no text of its own, so caption and mention follow as a message. */
  const words = async () =>
    caption || share.mention ? [await say('words', { kind: 'text', text: caption ?? fileName })] : [];

  if (way === 'drive') {
    const { sha256, target: sent } = await sendByDrive(deps, { app, destination, share, target, save });
    return { target: { ...sent, messageIds: await words() }, share: { ...(sha256 && { sha256 }) } };
  }
  if (way === 'link-card') {
    const card = await keepLink(trip);
    return {
      target: { ...target, messageIds: [await say('file', downloadCard(card, readers))] },
      share: { linkId: card.id },
    };
  }
  // one file at a time has the memory of this function to itself
  const source = sourceOf(deps, share, MAX_MEDIA_BYTES);
  const { mediaId, sha256, fileName: sentAs } = await mediaOf(deps, { app, way, share, source });
  if (way === 'picture') {
    const card = await keepLink(trip);
    const messageId = await say('file', pictureMessage(mediaId, card));
    return { target: { ...target, messageIds: [messageId] }, share: { sha256, linkId: card.id } };
  }
  const content: Content = way === 'image' ? { kind: 'image', mediaId } : { kind: 'file', mediaId, fileName: sentAs };
  const card = await keepLink(trip);
  const messageIds = [await say('file', content, [downloadCard(card, readers)]), ...(await words())];
  return { target: { ...target, messageIds }, share: { sha256, linkId: card.id } };
}

/** A download link for this share; the same at each try, with its views and its revocation. */
async function keepLink({ deps, share, destination }: Trip) {
  const { bucket, key, versionId, fileName, size, caption } = share;
  const id = deps.linkId(share.id);
  const expiresAt = new Date(Date.parse(share.createdAt) + (share.link?.days ?? LINK_DAYS) * DAY_MS).toISOString();
  const app = appNameOf(destination);
  const from = { timeZone: deps.timeZoneOf(app), sender: deps.senderOf(app) };
  const link = { id, shareId: share.id, bucket, key, versionId, fileName, expiresAt, ...from };
  await deps.links.put({ ...link, maxViews: share.link?.views, views: 0 });
  return { id, fileName, size, caption, url: `${deps.publicUrl}/f/${id}`, expiresAt };
}

/** DingTalk's description of the error if it has one; it holds no secret. */
function reasonOf(error: ServiceError): string {
  if ('description' in error && typeof error.description === 'string') return error.description;
  return error.remedy ?? `${error.operation}: ${error.code}`;
}
