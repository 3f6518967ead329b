import { beforeAll, describe, expect, test } from 'vitest';
import { CANARIES, leaksIn, OUTPUT_FILES, readOutput, SIMULATORS_FILE } from '../support/canaries.ts';

// All that the run wrote, held against every secret that was in play: those of the fixtures, those that tests planted,
// and the tokens that the simulator issued.
describe('what the run wrote', () => {
  const secrets = [...CANARIES];
  let issued: string[];
  beforeAll(async () => {
    const simulators = readOutput(SIMULATORS_FILE).split('\n').filter(Boolean);
    issued = (await Promise.all(simulators.map(issuedTokens))).flat();
    secrets.push(...issued);
  });

  test('there were secrets to find, and output to find them in', () => {
    expect(issued.length).toBeGreaterThan(0);
    expect(readOutput(OUTPUT_FILES.functions).split('\n').length).toBeGreaterThan(50);
    expect(readOutput(OUTPUT_FILES.bus)).not.toBe('');
  });

  test.each(Object.entries(OUTPUT_FILES))('the output of the %s holds none of them', (_, file) => {
    expect(leaksIn(readOutput(file), secrets)).toEqual([]);
  });

  test.each([...CANARIES, 'dd_12345678_0123456789abcdef0123456789abcdef0123456789abcdef', 'Bearer local'])(
    'a line with %s would be found',
    (secret) => {
      const found = leaksIn(`fine\n{"level":"ERROR","reason":"${secret}"}\nfine`, secrets);
      expect(found).toHaveLength(1);
      expect(found.join()).not.toContain(secret);
    },
  );
});

/** The access tokens with which the simulator was called. */
async function issuedTokens(simulator: string): Promise<string[]> {
  const calls: { headers: Record<string, string>; query: Record<string, string> }[] = JSON.parse(
    await (await fetch(`${simulator}/_sim/calls`)).text(),
  );
  const tokens = calls.flatMap(({ headers, query }) => [headers['x-acs-dingtalk-access-token'], query.access_token]);
  return [...new Set(tokens.filter((token) => token !== undefined && token.length >= 16))].map(String);
}
