import { tellOutages } from '../aws/outage.ts';
import { createInboundQueue } from '../aws/queues/inbound-queue.ts';
import { createBucket } from '../aws/s3/bucket.ts';
import { createInbox } from '../aws/s3/inbox.ts';
import { createUrlSigner } from '../aws/s3/url-signer.ts';
import { createLinkTable } from '../aws/tables/link-table.ts';
import { createMediaTable } from '../aws/tables/media-table.ts';
import { createShareTable } from '../aws/tables/share-table.ts';
import type { bucketEnv, Config, inboundEnv, sharesEnv } from '../base/config.ts';
import type { Log } from '../base/log.ts';
import { once } from '../base/once.ts';
import { createDownloader } from '../dingtalk/transport/download.ts';
import { type DingTalkConfig, dingtalkApps } from './apps.ts';
import { type AwsConfig, clock, dynamodb, keepingOf, patient, randomId, s3Call, s3Service, sqs } from './clients.ts';
import type { Apps } from './secret.ts';

/** Shares, their links and the media ids that DingTalk gave, which live in one table. */
export function shareTables(config: Config<typeof sharesEnv>, log: Log) {
  const client = dynamodb(config);
  return {
    shares: createShareTable(client, config.SHARES_TABLE, clock.now, keepingOf(config, log)),
    links: createLinkTable(client, config.SHARES_TABLE),
    media: createMediaTable(client, config.SHARES_TABLE, clock.now),
  };
}

/** What turns an object of our bucket into media that DingTalk keeps. */
export function mediaPorts(
  config: DingTalkConfig & Config<typeof sharesEnv & typeof bucketEnv>,
  secret: Apps,
  log: Log,
) {
  const { media, links } = shareTables(config, log);
  const { isRevoked: revoked } = links;
  const appNamed = dingtalkApps(config, secret, log);
  return { ...objects(config), media, revoked, bucket: config.UPLOADS_BUCKET, appNamed, every, randomId, ...clock };
}

/** Objects in S3. */
export function objects(config: AwsConfig) {
  return { objects: createBucket(s3Call(config)) };
}

/** Addresses of objects in S3, for those who have no credentials. */
export function signedUrls(config: AwsConfig) {
  return { urls: createUrlSigner(s3Service(config), clock.now) };
}

const parts = once(async () => {
  const { createPartsUpload } = await import('../aws/s3/parts-upload.ts');
  return createPartsUpload({ ...patient, tellOutages });
});

/** The bucket's inbox for received files. */
export function inbox(config: AwsConfig & Config<typeof bucketEnv>) {
  return { inbox: createInbox(s3Call(config), parts, config.UPLOADS_BUCKET) };
}

/** Fetches what DingTalk hands out, from public addresses and from DingTalk's own. */
export function downloads(config: Pick<DingTalkConfig, 'DINGTALK_API_URL'>, { proxy }: Pick<Apps, 'proxy'>) {
  return { download: createDownloader({ apiUrl: config.DINGTALK_API_URL, proxy }) };
}

/** Where received files wait to be fetched. */
export function inboundQueue(config: AwsConfig & Config<typeof inboundEnv>) {
  return createInboundQueue(sqs(config, config.INBOUND_QUEUE_URL), config.INBOUND_QUEUE_URL);
}

/** Does something every so often until the answer is called; what fails there is tried again the next time. */
export function every(ms: number, work: () => Promise<void>): () => void {
  const timer = setInterval(() => work().catch(() => undefined), ms);
  return () => clearInterval(timer);
}
