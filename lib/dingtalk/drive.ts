import * as v from 'valibot';
import type { Contacts } from './contacts.ts';
import { createDriveUpload, type DriveUpload } from './drive-upload.ts';
import type { Caller } from './transport/call.ts';
import type { Http } from './transport/http.ts';

type Placed = { spaceId: string; dentryId: string };

/** DingTalk's drive, for files that no message takes. Everything acts as the operator, a person (files.md §5). */
export type Drive = {
  /**
   * Puts a file into the app's own space: in one PUT below 5 GB, in parts from there on, which `parts` reads. `whole`
   * says that `content` was read from its beginning to its end.
   */
  upload(file: DriveUpload): Promise<Placed & { whole: boolean }>;
  /**
   * Copies it into a group of which the operator is a member. Never repeated: there is no key for it (files.md §5.5).
   */
  sendToGroup(file: Placed & { openConversationId: string }): Promise<void>;
  /** Copies it into the app's conversation with a person (files.md §5.5). Never repeated either. */
  sendToUser(file: Placed & { userId: string }): Promise<void>;
};

const Space = v.object({ space: v.object({ id: v.string() }) });
const Folder = v.object({ dentry: v.object({ id: v.string(), uuid: v.string() }) });
const Sent = v.object({ file: v.object({ id: v.string() }) });

/** The app's space is found by this, however often it is asked for (files.md §5.1). */
const SCENE = { scene: 'dingdock', sceneId: 'shares' };

export type DriveOptions = { operatorUserId: string; folder: string };

export function createDrive(
  { call, http, contacts, singlePutBytes }: { call: Caller; http: Http; contacts: Contacts; singlePutBytes?: number },
  { operatorUserId, folder: name }: DriveOptions,
): Drive {
  const unionIds = new Map<string, Promise<string>>();
  const unionIdOf = (userId: string) =>
    remember(unionIds, userId, async () => (await contacts.getUser(userId)).unionId);
  const folders = new Map<string, Promise<{ spaceId: string; folderId: string; folderUuid: string }>>();
  const upload = createDriveUpload({ call, http, ...(singlePutBytes !== undefined && { singlePutBytes }) });

  async function makeFolder(unionId: string) {
    const { space } = await call({
      operation: 'drive.space',
      host: 'api',
      method: 'POST',
      path: '/v1.0/storage/spaces',
      query: { unionId },
      body: { option: { name, ownerType: 'USER', ...SCENE } },
      reply: Space,
      repeatable: true,
    });
    const { dentry } = await call({
      operation: 'drive.folder',
      host: 'api',
      method: 'POST',
      path: `/v1.0/storage/spaces/${encodeURIComponent(space.id)}/dentries/0/folders`,
      query: { unionId },
      body: { name, option: { conflictStrategy: 'RETURN_DENTRY_IF_EXISTS' } },
      reply: Folder,
      repeatable: true,
    });
    return { spaceId: space.id, folderId: dentry.id, folderUuid: dentry.uuid };
  }

  const send = (operation: string, path: string, unionId: string, body: Record<string, unknown>) =>
    call({ operation, host: 'api', method: 'POST', path, query: { unionId }, body, reply: Sent });

  return {
    async upload(file) {
      const unionId = await unionIdOf(operatorUserId);
      const place = await remember(folders, unionId, () => makeFolder(unionId));
      return { spaceId: place.spaceId, ...(await upload({ ...place, unionId }, file)) };
    },
    async sendToGroup(file) {
      const unionId = await unionIdOf(operatorUserId);
      await send('drive.sendToGroup', '/v1.0/convFile/conversations/files/send', unionId, file);
    },
    async sendToUser({ userId, ...file }) {
      // here unionId is the receiver (files.md §5.5)
      const unionId = await unionIdOf(userId);
      await send('drive.sendToUser', '/v1.0/convFile/apps/conversations/files/send', unionId, file);
    },
  };
}

/** One promise for all who ask; a failure is forgotten. */
function remember<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const found = known.get(key);
  if (found) return found;
  const asked = ask().catch((error: unknown) => {
    known.delete(key);
    throw error;
  });
  known.set(key, asked);
  return asked;
}
