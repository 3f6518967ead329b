import { ServiceError } from '../../base/errors.ts';

/** Why an object cannot be read, now and later: what its record says. */
const LOST: Record<string, string | undefined> = {
  object_gone: 'the object was deleted before it could be shared',
  object_replaced: 'another object took its place before it could be shared',
  object_archived: 'the object is archived; restore it in S3, and upload it again',
  object_forbidden: 'dingdock may not read the object: its bucket, its policy or its owner says no',
  object_key_forbidden: 'dingdock may not use the KMS key of the object; let the role of its functions decrypt with it',
  object_unreadable: 'S3 gives the object to nobody who has not the key that it was encrypted with',
  bucket_gone: 'the bucket does not exist any more',
};

/** In words why an object is lost; undefined for an error that may pass. */
export function whyLost(error: unknown): string | undefined {
  return error instanceof ServiceError ? LOST[error.code] : undefined;
}
