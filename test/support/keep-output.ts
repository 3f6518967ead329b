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

  /** A name is shown when its test fails or takes long: all are kept, so that what is found does not depend on that. */
  onTestModuleCollected(module: TestModule) {
    for (const { fullName } of module.children.allTests()) keep('tests.log', fullName);
  }

  /** What tests that pass write is not shown. */
  onUserConsoleLog({ content }: { content: string }) {
    keep('tests.log', content);
  }
}
