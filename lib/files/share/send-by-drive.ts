import { createHash } from 'node:crypto';
import { ServiceError } from '../../base/errors.ts';
import type { Drive } from '../../dingtalk/drive.ts';
import type { Streamed } from '../../dingtalk/transport/http.ts';
import type { Destination } from '../../messages/destination.ts';
import { kindOf } from '../../messages/kinds/kinds.ts';
import { type App, type MediaDeps, sourceOf } from '../media.ts';
import { unstalled } from '../unstalled.ts';
import type { Share, Target } from './share.ts';

type Placed = NonNullable<Target['drive']>;

type Trip = {
  app: App;
  destination: Destination;
  share: Share & { fileName: string };
  target: Target;
  save(target: Target): Promise<void>;
};

/**
 * Uploads into DingTalk's drive and sends from there. DingTalk has no key that tells two sends apart, so each step is
 * written before the next: a worker that takes over repeats at most the one send whose answer is missing.
 */
export async function sendByDrive(
  deps: MediaDeps,
  trip: Trip,
): Promise<{ target: Target; sha256: string | undefined }> {
  const { destination, save } = trip;
  const { drive } = trip.app;
  if (!drive) throw new ServiceError('drive.send', { code: 'no_drive', retryable: false });
  let { target } = trip;
  const uploaded = await placeInDrive(deps, trip, drive);
  let { placed } = uploaded;
  const write = async (change: Partial<Placed>, more: Partial<Target> = {}) => {
    placed = { ...placed, ...change };
    target = { ...target, drive: placed, ...more };
    await save(target);
  };
  await write({});
  for (const space of kindOf(destination).spaces?.(destination) ?? []) {
    const receiver = 'userId' in space ? space.userId : space.openConversationId;
    if (placed.sentTo.includes(receiver)) continue;
    await write({ sending: receiver }, placed.sending === receiver ? { possibleDuplicate: true } : {});
    const { spaceId, dentryId } = placed;
    if ('userId' in space) await drive.sendToUser({ spaceId, dentryId, ...space });
    else await drive.sendToGroup({ spaceId, dentryId, ...space });
    await write({ sentTo: [...placed.sentTo, receiver], sending: undefined });
  }
  return { target, sha256: uploaded.sha256 };
}

/** Where the file is in the drive: already there for this destination or another one of the share, or uploaded now. */
async function placeInDrive(
  deps: MediaDeps,
  { app, share, target }: Trip,
  drive: Drive,
): Promise<{ placed: Placed; sha256?: string }> {
  if (target.drive) return { placed: target.drive };
  const elsewhere = share.targets.find((each) => each.drive?.app === app.name)?.drive;
  if (elsewhere) return { placed: { ...elsewhere, sentTo: [], sending: undefined } };
  const { content, sum } = summed(sourceOf(deps, share));
  const parts = (start: number, end: number): Streamed => ({
    length: end - start + 1,
    async *open() {
      yield* unstalled(await deps.objects.open(share, { start, end }));
    },
  });
  const { spaceId, dentryId, whole } = await drive.upload({ fileName: share.fileName, content, parts });
  const placed = { app: app.name, spaceId, dentryId, sentTo: [] };
  return whole ? { placed, sha256: sum() } : { placed };
}

/** The content, and the SHA-256 of its bytes as they were read the last time. */
function summed(source: Streamed): { content: Streamed; sum(): string } {
  let hash = createHash('sha256');
  const content = {
    length: source.length,
    async *open() {
      const own = createHash('sha256');
      hash = own;
      for await (const chunk of source.open()) {
        own.update(chunk);
        yield chunk;
      }
    },
  };
  return { content, sum: () => hash.digest('hex') };
}
