import { join } from 'node:path';

/**
 * fauxqs' stores with what they had when they were last used: queues and their records in SQLite, objects as files. Its
 * own server does so too, but has none of what this stack adds; its package shows no other way to the stores. Not kept is
 * for how long a FIFO queue knows what it has seen (five minutes).
 */
export async function keptStores(folder: string) {
  const main = import.meta.resolve('fauxqs');
  const [sqs, sns, s3, sqlite, files] = await Promise.all(
    ['sqs/sqsStore.js', 'sns/snsStore.js', 's3/s3Store.js', 'persistence.js', 's3/fileS3Persistence.js'].map(
      (path) => import(new URL(path, main).href),
    ),
  );
  const stores = { sqsStore: new sqs.SqsStore(), snsStore: new sns.SnsStore(), s3Store: new s3.S3Store() };
  const records = new sqlite.PersistenceManager(folder);
  // fauxqs' own sets the count of receives to nothing, which its table refuses: the record is then nowhere, its group held
  const ready = 'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?';
  records.updateMessageReady = (messageId: string) => void records.db.prepare(ready).run(messageId);
  const objects = new files.FileS3Persistence(join(folder, 'objects'));
  records.loadSqsAndSns(stores.sqsStore, stores.snsStore);
  objects.loadS3(stores.s3Store);
  Object.assign(stores.sqsStore, { persistence: records });
  Object.assign(stores.snsStore, { persistence: records });
  Object.assign(stores.s3Store, { persistence: objects });
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = records;
  return {
    stores,
    close(): void {
      records.close();
      objects.close();
    },
  };
}
