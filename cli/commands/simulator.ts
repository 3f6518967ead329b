import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';

/** The simulator alone, for any project that talks to DingTalk (docs/simulator.md). It reads its own command line. */
export const simulator: Command = {
  name: 'simulator',
  summary: 'DingTalk on your desk, alone: its API, a control API under /_sim, and a page; until Ctrl-C',
  options: {
    port: { type: 'string', value: '<n>', help: 'where it listens; 0 is any free port (3100)' },
    'callback-url': { type: 'string', value: '<url>', help: 'where events, robot messages and clicks go' },
    clock: { type: 'string', value: '<time>', help: 'stands still at this time until it is moved' },
    seed: { type: 'string', value: '<text>', help: 'the same text gives the same ids, keys and tokens' },
    fixtures: { type: 'string', value: '<file>', help: 'people, groups, apps, robots of your own' },
  },
  examples: ['dingdock simulator --port 3100', 'dingdock simulator --port 0 --callback-url http://127.0.0.1:8080'],
  async run(io, given) {
    const stopped = Promise.withResolvers<void>();
    io.signal.addEventListener('abort', () => stopped.resolve());
    process.argv = [...process.argv.slice(0, 2), ...given.args];
    await import('../../simulator/main.ts');
    if (process.exitCode) return EXIT.failed;
    await stopped.promise;
    return EXIT.done;
  },
};
