import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSourceTable } from '../../lib/aws/tables/source-table.ts';

import { createSeal } from '../../lib/base/seal.ts';
import { putSource, removeSource } from '../../lib/sources/manage-sources.ts';
import type { SourceStore } from '../../lib/sources/source.ts';
import { sourceOfTopic } from '../../lib/sources/topics.ts';
import { EVERYTHING } from '../support/access.ts';
import { startMessageTable, startTables } from '../support/tables.ts';

// Two who change sources at once, each stopped where it hurts most: a topic has a source in the end, and whoever was
// told yes has it.

let tables: Awaited<ReturnType<typeof startTables>>;
let store: SourceStore;
beforeAll(async () => {
  tables = await startTables();
  await startMessageTable(tables.client, 'records');
  store = createSourceTable(
    tables.client,
    { table: 'records', seal: createSeal('sealing key of the test', 'x') },
    Date.now,
  );
});
afterAll(() => tables.close());

const topicOf = (name: string) => `arn:aws:sns:eu-west-1:123456789012:${name}`;
const put = (sources: SourceStore, name: string, ...topics: string[]) =>
  putSource(
    { sources, publicUrl: 'https://dock.example', now: Date.now },
    { name, rules: { kind: 'sns', to: ['ops'], topics, lambda: true }, access: EVERYTHING },
  ).then(
    () => 'put',
    (error) => error.faults?.[0].code ?? error,
  );
const holder = async (topic: string) => (await sourceOfTopic(store, topic))?.name;

/** The store of someone who waits before, or after, their first call of one kind until others are done. */
function halted(act: 'put' | 'claimTopic' | 'releaseTopic', others: () => Promise<unknown>): SourceStore {
  let isFirst = true;
  const first = async () => {
    const now = isFirst;
    isFirst = false;
    if (now) await others();
  };
  return {
    ...store,
    [act]: async (...given: never[]) => {
      await first();
      return (store[act] as (...args: never[]) => Promise<unknown>)(...given);
    },
  };
}

test.each(['put', 'claimTopic'] as const)(
  'two sources want a topic, one stops before its %s: one has it',
  async (act) => {
    const topic = topicOf(`two-${act.toLowerCase()}`);
    let second: unknown;
    const first = await put(
      halted(act, async () => {
        second = await put(store, `b-${act.toLowerCase()}`, topic);
      }),
      `a-${act.toLowerCase()}`,
      topic,
    );
    expect([first, second]).toEqual(['topic_taken', 'put']);
    expect(await holder(topic)).toBe(`b-${act.toLowerCase()}`);
  },
);

test('a claim that is taken over just before its source is put goes back to whom was told yes', async () => {
  const topic = topicOf('three');
  let second: unknown;
  // the first has claimed, the second sees a claim without a source, and takes it over once the first is through
  let go = () => {};
  const through = new Promise<void>((done) => {
    go = done;
  });
  const first = await put(
    halted('put', async () => {
      await new Promise<void>((reached) => {
        second = put(
          halted('claimTopic', () => {
            reached();
            return through;
          }),
          'b-three',
          topic,
        );
      });
    }),
    'a-three',
    topic,
  );
  go();
  const taken = await second;
  expect([first, taken]).toEqual(['put', 'topic_taken']);
  expect(await holder(topic)).toBe('a-three');
});

test('of two changes of a source one drops a topic and lets go of it late: the source that has it still gets it', async () => {
  const [kept, dropped] = [topicOf('kept'), topicOf('dropped')];
  expect(await put(store, 'twice', kept, dropped)).toBe('put');
  const keeper = () => put(store, 'twice', kept, dropped);
  expect(await put(halted('releaseTopic', keeper), 'twice', kept)).toBe('put');
  expect((await store.read('twice'))?.rules).toMatchObject({ topics: [kept, dropped] });
  expect([await holder(kept), await holder(dropped)]).toEqual(['twice', 'twice']);
});

test('a source that is made anew while the old one lets go keeps its topic', async () => {
  const topic = topicOf('anew');
  expect(await put(store, 'anew', topic)).toBe('put');
  const again = () => put(store, 'anew', topic);
  await removeSource({ sources: halted('releaseTopic', again) }, 'anew', EVERYTHING);
  expect(await holder(topic)).toBe('anew');
});
