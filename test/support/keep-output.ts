import type { Reporter } from 'vitest/node';
import { AWS_CALLS_FILE } from './aws-calls-file.ts';
import { keepOutput, OUTPUT_FILES, SIMULATORS_FILE, startOutput } from './canaries.ts';

/**
 * Begins the files of a run. Keeps what the tests, and the functions that they run in their own process, write: it is
 * searched for secrets.
 */
export default class KeepOutput implements Reporter {
  onInit() {
    for (const file of [...Object.values(OUTPUT_FILES), SIMULATORS_FILE, AWS_CALLS_FILE]) startOutput(file);
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
