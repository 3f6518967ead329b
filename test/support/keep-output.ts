import type { Reporter } from 'vitest/node';
import { keepOutput, OUTPUT_FILES, startOutput } from './canaries.ts';

/** Keeps what the tests, and the functions that they run in their own process, write: it is searched for secrets. */
export default class KeepOutput implements Reporter {
  onInit() {
    startOutput(OUTPUT_FILES.tests);
  }

  onUserConsoleLog({ content }: { content: string }) {
    keepOutput(OUTPUT_FILES.tests, content);
  }
}
