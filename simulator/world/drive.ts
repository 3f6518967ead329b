/** A right that was given to somebody on a file or folder, and on all below it (files.md §5.5). */
export type DriveGrant = { type: string; id: string; role: Role; expiresAt: number | undefined };

export type Role = (typeof roles)[number];

/** From the least; each may do what those before it may. */
export const roles = ['READER', 'DOWNLOADER', 'EDITOR', 'MANAGER', 'OWNER'] as const;

/** An upload between its first call and its commit. */
export type Upload = {
  api: 'v1' | 'v2';
  spaceId: string;
  parentId: string;
  multipart: boolean;
  md5: string | undefined;
  object: StoredObject | undefined;
  parts: Map<number, StoredObject>;
};

/** A drive space: made by an app, or the one that belongs to a group (files.md §5.1). */
export type Space = {
  spaceId: string;
  name: string;
  appKey?: string;
  scene?: string;
  sceneId?: string;
  owner: { type: 'USER'; unionId: string } | { type: 'APP' } | { type: 'CONVERSATION'; conversation: string };
  quota?: number;
  at: number;
};

/** A file or folder in a space; the root is the parent "0" (files.md §5.1). */
export type Dentry = {
  id: string;
  uuid: string;
  spaceId: string;
  parentId: string;
  type: 'FILE' | 'FOLDER';
  name: string;
  version: number;
  creatorId: string;
  modifierId: string;
  createdAt: number;
  modifiedAt: number;
  object: StoredObject | undefined;
  grants: DriveGrant[];
};

/** Bytes on disk, in one file or in the parts of a multipart upload. */
export type StoredObject = { files: { path: string; size: number }[]; size: number; sha256: string; md5: string };

/** An address that was handed out: what it is for and until when (files.md §5.4). */
export type Grant = {
  method: 'PUT' | 'GET';
  date: string;
  expiresAt: number;
  /** Where the upload goes, or what the download reads. */
  stored(object: StoredObject): void;
  object: StoredObject | undefined;
};
