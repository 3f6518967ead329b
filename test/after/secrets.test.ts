import { beforeAll, describe, expect, test } from 'vitest';
import { CANARIES, leaksIn } from '../support/canaries.ts';
import { kept } from '../support/run.ts';

const OUTPUT = ['functions.log', 'bus.ndjson', 'tests.log'] as const;

// All that the run wrote, held against every secret that was in play: those of the fixtures, those that tests planted,
// and the tokens that the simulator issued.
describe('what the run wrote', () => {
  const secrets = [...CANARIES];
  let issued: string[];
  beforeAll(() => {
    issued = [...new Set(kept('tokens.txt').split('\n').filter(Boolean))];
    secrets.push(...issued);
  });

  test('there were secrets to find, and output to find them in', () => {
    expect(issued.length).toBeGreaterThan(0);
    expect(kept('functions.log').split('\n').length).toBeGreaterThan(50);
    expect(kept('bus.ndjson')).not.toBe('');
  });

  test.each(OUTPUT)('%s holds none of them', (file) => {
    const names = kept('names.txt')
      .split('\n')
      .filter((name) => leaksIn(name, secrets).length > 0);
    const text = names.reduce((rest, name) => rest.replaceAll(name, ''), kept(file));
    expect(leaksIn(text, secrets)).toEqual([]);
  });

  test('the bus has robot messages, and none with its session webhook', () => {
    expect(kept('bus.ndjson')).toContain('robot.message');
    expect(kept('bus.ndjson')).not.toContain('sendBySession?session=');
  });

  test('a line with one of them would be found', () => {
    const more = ['dd_12345678_0123456789abcdef0123456789abcdef0123456789abcdef', 'Bearer local'];
    for (const secret of [...CANARIES, ...more]) {
      const found = leaksIn(`fine\n{"level":"ERROR","reason":"${secret}"}\nfine`, secrets);
      expect(found).toHaveLength(1);
      expect(found.join()).not.toContain(secret);
    }
  });
});
