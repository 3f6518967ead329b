import * as v from 'valibot';
import { baseName, cleanName } from '../../lib/base/text/file-name.ts';
import { MAX_LINK_DAYS, Mention, Text, To } from '../values.ts';

/** One PUT takes 5 GiB; larger files go into the bucket by a multipart upload. */
export const MAX_PUT_BYTES = 5 * 1024 ** 3;

/* @__NO_SIDE_EFFECTS__ */
const whole = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));

/** How long a download link lives, and how often it may be opened. */
export const LinkRules = v.strictObject({ days: v.optional(whole(MAX_LINK_DAYS)), views: v.optional(whole(100_000)) });

const UNKNOWN_TYPE = 'application/octet-stream';
const MEDIA_TYPE = /^(?:[\w.+-]+\/[\w.+-]+(?: ?; ?[\w.+-]+=(?:[\w.+-]+|"[\w .:;,/+-]*"))*)?$/;

export const RequestUpload = v.strictObject({
  to: To,
  fileName: v.pipe(
    Text,
    v.maxLength(1024),
    v.check(
      (name) => cleanName(baseName(name)) !== '',
      'holds nothing that could be shown; give a name such as report.pdf',
    ),
    v.examples(['report.pdf']),
  ),
  size: whole(MAX_PUT_BYTES),
  contentType: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(256),
      v.regex(MEDIA_TYPE, 'takes a media type, such as application/pdf or text/csv; charset=utf-8'),
      // browsers give an empty one for a file that they do not know
      v.transform((type) => type || UNKNOWN_TYPE),
    ),
    UNKNOWN_TYPE,
  ),
  caption: v.optional(v.pipe(Text, v.maxLength(1000))),
  mention: v.optional(Mention),
  link: v.optional(LinkRules),
});
export type RequestUpload = v.InferOutput<typeof RequestUpload>;
