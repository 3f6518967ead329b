import type { Reporter, TestModule } from 'vitest/node';
import { keep } from './run.ts';

/** Keeps what the tests, and the functions that they run in their own process, write: it is searched for secrets. */
export default class KeepOutput implements Reporter {
  onInit() {
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream);
      // past the console too: some lines have to go out untouched
      const kept = (chunk: string | Uint8Array, ...rest: never[]) => {
        keep('tests.log', String(chunk));
        return write(chunk, ...rest);
      };
      Object.assign(stream, { write: kept });
    }
  }

  /** A name is shown when its test fails or takes long, and may hold what is taken for a secret: names are told apart. */
  onTestModuleCollected(module: TestModule) {
    for (const { name } of module.children.allTests()) keep('names.txt', name);
  }

  /** What tests that pass write is not shown. */
  onUserConsoleLog({ content }: { content: string }) {
    keep('tests.log', content);
  }
}
