export type Upload = {
  bucket: string;
  key: string;
  size: number;
  eTag: string;
  event: 'ObjectCreated:Put' | 'ObjectCreated:Post' | 'ObjectCreated:Copy' | 'ObjectCreated:CompleteMultipartUpload';
  region: string;
  sourceIp: string;
  requestId: string;
};

/** The notification as S3 sends it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export function uploadEvent(upload: Upload, now: Date) {
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: upload.region,
        eventTime: now.toISOString(),
        eventName: upload.event,
        userIdentity: { principalId: 'AWS:LOCAL' },
        requestParameters: { sourceIPAddress: upload.sourceIp },
        responseElements: { 'x-amz-request-id': upload.requestId, 'x-amz-id-2': 'local' },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'local',
          bucket: {
            name: upload.bucket,
            ownerIdentity: { principalId: 'LOCAL' },
            arn: `arn:aws:s3:::${upload.bucket}`,
          },
          object: {
            key: notificationKey(upload.key),
            size: upload.size,
            eTag: upload.eTag,
            sequencer: nextSequencer(now),
          },
        },
      },
    ],
  };
}

/** S3 encodes keys as Java's URLEncoder does, but keeps the slashes. */
export function notificationKey(key: string) {
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

let last = 0n;

/** Hexadecimal, and later uploads sort after earlier ones, two in one millisecond too. */
function nextSequencer(now: Date) {
  const candidate = BigInt(now.getTime()) << 16n;
  last = candidate > last ? candidate : last + 1n;
  return last.toString(16).toUpperCase().padStart(18, '0');
}
