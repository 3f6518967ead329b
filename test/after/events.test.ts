import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CATALOGUE } from '../../lib/events/catalogue.ts';
import { ownEvents } from '../support/events-table.ts';
import { kept } from '../support/run.ts';

// What came on the bus while the end-to-end tests ran, beside the document of events.

/** What people write to the robot and tap on cards has the members that DingTalk gives it. */
const AS_DINGTALK_SENDS = ['robot.message', 'robot.quota', 'card.click', 'card.data'];

test('every event of our own that came is in the document, with all its members', () => {
  const own = ownEvents(readFileSync('docs/events.md', 'utf8'));
  const events: { type: string; data: object }[] = kept('bus.ndjson')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).detail);
  const ours = events.filter(
    ({ type }) => /^(task|approval|file|quota|robot|card|incident)\./.test(type) && !(type in CATALOGUE),
  );
  expect(ours.length).toBeGreaterThan(0);
  expect([...new Set(ours.map(({ type }) => type).filter((type) => !(type in own)))]).toEqual([]);
  const untold = ours
    .filter(({ type }) => !AS_DINGTALK_SENDS.includes(type))
    .flatMap(({ type, data }) =>
      Object.entries(data)
        .filter(([name, value]) => formOf(value) !== formOf(own[type]?.[name]))
        .map(([name, value]) => `${type} ${name} is ${formOf(value)}`),
    );
  expect([...new Set(untold)]).toEqual([]);
});

function formOf(value: unknown): string {
  return Array.isArray(value) ? 'a list' : typeof value;
}
