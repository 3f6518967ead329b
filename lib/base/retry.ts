export type Retry = {
  /** Of all tries, the first included. */
  tries: number;
  /** Whether the same work may succeed after this error. */
  mayPass(error: unknown): boolean;
  /** Waits before the next try, `failed` have been made; false when there is no time left for another. */
  pause?(error: unknown, failed: number): Promise<boolean>;
};

/** Does a piece of work again while its failure may pass. The only retry loop; who uses it stands in test/imports.test.ts. */
export async function retry<T>(work: () => Promise<T>, { tries, mayPass, pause }: Retry): Promise<T> {
  for (let failed = 1; ; failed += 1) {
    try {
      return await work();
    } catch (error) {
      if (failed >= tries || !mayPass(error)) throw error;
      if (pause && !(await pause(error, failed))) throw error;
    }
  }
}
