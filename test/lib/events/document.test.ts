import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CATALOGUE } from '../../../lib/events/catalogue.ts';
import { eventsTable, ownEvents } from '../../support/events-table.ts';
import { SAMPLES } from './samples.ts';

const text = readFileSync('docs/events.md', 'utf8');
const own = ownEvents(text);

test("the table of DingTalk's events is what comes out for each of them", () => {
  const table = /<!-- dingtalk -->\n([\s\S]*?)\n<!-- \/dingtalk -->/.exec(text)?.[1];
  expect(table).toBe(eventsTable());
});

test('a rule of the document chooses by types and members that events have', () => {
  type Pattern = { 'detail-type': (string | { prefix: string })[]; detail?: { data?: Record<string, unknown> } };
  const patterns: Pattern[] = [...text.matchAll(/```json\n(\{ "source"[\s\S]*?)```/g)].map(([, code = '']) =>
    JSON.parse(code),
  );
  expect(patterns.length).toBeGreaterThan(2);
  const examples: Record<string, Record<string, unknown>> = {
    ...own,
    ...Object.fromEntries(SAMPLES.map((sample) => [sample.type, sample.data ?? sample.own])),
  };
  expect(Object.keys(CATALOGUE).filter((type) => !(type in examples))).toEqual([]);
  for (const { 'detail-type': types, detail } of patterns) {
    const meant = Object.keys(examples).filter((type) =>
      types.some((each) => (typeof each === 'string' ? each === type : type.startsWith(each.prefix))),
    );
    for (const each of types) if (typeof each === 'string') expect(meant).toContain(each);
    expect(meant).not.toEqual([]);
    for (const member of Object.keys(detail?.data ?? {}))
      expect(
        meant.some((type) => member in (examples[type] ?? {})),
        member,
      ).toBe(true);
  }
});
