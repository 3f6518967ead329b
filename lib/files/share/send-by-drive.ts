import { createHash } from 'node:crypto';
import { ServiceError } from '../../base/errors.ts';
import type { Streamed } from '../../dingtalk/transport/http.ts';
import type { Destination } from '../../messages/destination.ts';
import { type App, type MediaDeps, sourceOf } from '../media.ts';
import { unstalled } from '../unstalled.ts';
import type { Share, Target } from './share.ts';

type Placed = NonNullable<Target['drive']>;

/**
 * Uploads into DingTalk's drive and sends from there. DingTalk has no key that tells two sends apart: each step is
 * written down before the next, so that a worker who takes over repeats at most the one send whose answer is missing.
 */
export async function sendByDrive(
  deps: MediaDeps,
  trip: {
    app: App;
    destination: Destination;
    share: Share & { fileName: string };
    target: Target;
    save(target: Target): Promise<void>;
  },
): Promise<{ target: Target; sha256: string | undefined }> {
  const { app, destination, share, save } = trip;
  const { drive } = app;
  if (!drive) throw new ServiceError('drive.send', { code: 'no_drive', retryable: false });
  let sha256: string | undefined;
  let target = trip.target;
  let placed: Placed;
  const write = async (next: Placed, more: Partial<Target> = {}) => {
    placed = next;
    target = { ...target, drive: next, ...more };
    await save(target);
  };

  const elsewhere = share.targets.find((each) => each.drive?.app === app.name)?.drive;
  if (target.drive) placed = target.drive;
  else if (elsewhere) placed = { ...elsewhere, sentTo: [], sending: undefined };
  else {
    const hash = { value: createHash('sha256') };
    const content = hashed(sourceOf(deps, share), (begun) => {
      hash.value = begun;
    });
    const parts = (start: number, end: number): Streamed => ({
      length: end - start + 1,
      async *open() {
        yield* unstalled(await deps.objects.open(share, { start, end }));
      },
    });
    const { spaceId, dentryId, whole } = await drive.upload({ fileName: share.fileName, content, parts });
    if (whole) sha256 = hash.value.digest('hex');
    placed = { app: app.name, spaceId, dentryId, sentTo: [] };
  }
  await write(placed);

  for (const receiver of receiversOf(destination)) {
    if (placed.sentTo.includes(receiver)) continue;
    const again = placed.sending === receiver;
    await write({ ...placed, sending: receiver }, again ? { possibleDuplicate: true } : {});
    const file = { spaceId: placed.spaceId, dentryId: placed.dentryId };
    if (destination.kind === 'robot-group') await drive.sendToGroup({ ...file, openConversationId: receiver });
    else await drive.sendToUser({ ...file, userId: receiver });
    await write({ ...placed, sentTo: [...placed.sentTo, receiver], sending: undefined });
  }
  return { target, sha256 };
}

function receiversOf(destination: Destination): string[] {
  if (destination.kind === 'robot-group') return [destination.openConversationId];
  return destination.kind === 'robot-users' ? destination.userIds : [];
}

/** Sums up the bytes on their way; each beginning has a sum of its own. */
function hashed(content: Streamed, onBegin: (hash: ReturnType<typeof createHash>) => void): Streamed {
  return {
    length: content.length,
    async *open() {
      const hash = createHash('sha256');
      onBegin(hash);
      for await (const chunk of content.open()) {
        hash.update(chunk);
        yield chunk;
      }
    },
  };
}
