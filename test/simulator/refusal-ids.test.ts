import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { refusals } from '../../simulator/world/refusals.ts';
import { desk } from './desk.ts';
import { allProofs } from './proofs/all.ts';
import { receiver } from './receiver.ts';

/**
 * Each refusal is met by its request. `SIMULATOR_WITHOUT=<id>` switches one off, and its test has to fail; the part
 * `simulator` of test:all does that with all of them (refusals-off.test.ts).
 */
const without = (process.env.SIMULATOR_WITHOUT ?? '').split(',').filter(Boolean);
const here = desk({ settings: { without } });
const owner = receiver();

test.each(Object.entries(allProofs))('%s', async (_id, proof) => {
  expect(await proof(here, owner)).toBe(true);
});

test('each id is used, and its section is there', () => {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'simulator'], {
    encoding: 'utf8',
  });
  const sources = files
    .split('\n')
    .filter((file) => file.endsWith('.ts') && !file.endsWith('world/refusals.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  for (const [id, source] of Object.entries(refusals)) {
    expect(sources, id).toContain(`'${id}'`);
    const [document = '', section = ''] = source.split(' §');
    const text = readFileSync(`docs/dingtalk/${document}`, 'utf8');
    expect(text, `${id}: ${source}`).toMatch(new RegExp(`^#+ ${section.replaceAll('.', '\\.')}[. ]`, 'm'));
  }
});

test('an unknown id is refused', async () => {
  const answer = await here.call('POST', '/_sim/settings', { without: ['nothing'] });
  expect([answer.status, answer.body.error]).toEqual([400, 'without: there is no refusal nothing']);
});
