import type { Reporter } from 'vitest/node';
import { keepOutput, OUTPUT_FILES, startOutput } from './canaries.ts';

/** Keeps what the tests, and the functions that they run in their own process, write: it is searched for secrets. */
export default class KeepOutput implements Reporter {
  onInit() {
    startOutput(OUTPUT_FILES.tests);
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream);
      // past the console too: some lines have to go out untouched
      const keep = (chunk: string | Uint8Array, ...rest: never[]) => {
        keepOutput(OUTPUT_FILES.tests, String(chunk));
        return write(chunk, ...rest);
      };
      Object.assign(stream, { write: keep });
    }
  }

  /** What tests that pass write is not shown. */
  onUserConsoleLog({ content }: { content: string }) {
    keepOutput(OUTPUT_FILES.tests, content);
  }
}
