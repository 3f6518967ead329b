import type { Command } from '../command.ts';
import { CliError, EXIT } from '../exit.ts';

const OPTIONS = {
  port: { type: 'string', value: '<n>', help: 'where it listens; 0 is any free port (3100)' },
  'callback-url': { type: 'string', value: '<url>', help: 'where events, robot messages and clicks go' },
  clock: { type: 'string', value: '<time>', help: 'stands still at this time until it is moved' },
  seed: { type: 'string', value: '<text>', help: 'the same text gives the same ids, keys and tokens' },
  'allow-origin': { type: 'string', value: '<origin>', help: 'pages of this origin may call it too' },
  fixtures: { type: 'string', value: '<file>', help: 'people, groups, apps, robots of your own' },
} as const;

/** The simulator alone, for any project that talks to DingTalk (docs/simulator.md). */
export const simulator: Command = {
  name: 'simulator',
  summary: 'DingTalk on your desk, alone: its API, a control API under /_sim, and a page; until Ctrl-C',
  options: OPTIONS,
  examples: ['dingdock simulator --port 3100', 'dingdock simulator --port 0 --callback-url http://127.0.0.1:8080'],
  async run(io, given) {
    const stopped = Promise.withResolvers<void>();
    io.signal.addEventListener('abort', () => stopped.resolve());
    const { explain, optionsOf, startSimulator } = await import('dingtalk-simulator').catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
        const remedy = 'npm install dingtalk-simulator, or npx dingtalk-simulator';
        throw new CliError(EXIT.failed, 'no_simulator', 'the simulator is a package of its own', remedy);
      },
    );
    const words = Object.fromEntries(Object.keys(OPTIONS).map((name) => [name, given.text(name)]));
    try {
      const running = await startSimulator({
        ...optionsOf(words, io.env),
        allowOrigins: [given.text('allow-origin') ?? []].flat(),
      });
      io.answer({ url: running.url }, `DingTalk simulator: ${running.url}`);
      await stopped.promise;
      await running.close();
    } catch (error) {
      const message = explain(error);
      throw message === undefined ? error : new CliError(EXIT.failed, 'not_started', message);
    }
    return EXIT.done;
  },
};
