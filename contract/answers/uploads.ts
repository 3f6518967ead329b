import * as v from 'valibot';
import { Links } from './links.ts';

export const Upload = v.object({
  method: v.literal('PUT'),
  url: v.string(),
  headers: v.record(v.string(), v.string()),
  expiresAt: v.string(),
});

export const UploadView = v.object({ id: v.string(), upload: Upload, links: Links });
export type UploadView = v.InferOutput<typeof UploadView>;
