// A function that died, by its own doing or for its time, is answered for as Lambda does, and its place has a new one.
// serverless-offline would wait for it for ever, and hand it the next event too.
import { syncBuiltinESMExports } from 'node:module';
import threads, { MessageChannel } from 'node:worker_threads';

/** Acts on every thread that serverless-offline starts from here on. */
export function replaceDead() {
  threads.Worker = new Proxy(threads.Worker, {
    construct(Worker, given) {
      const start = () => Reflect.construct(Worker, given);
      return String(given[0]).endsWith('workerThreadHelper.js') ? stood(start) : start();
    },
  });
  syncBuiltinESMExports();
}

/** What serverless-offline takes for one thread, and is another after each death. */
function stood(start) {
  const waiting = new Set();
  const begun = () =>
    start()
      .on('error', console.error)
      .once('exit', () => {
        thread = undefined;
        for (const port of waiting) port.postMessage(new Error('the function died'));
        waiting.clear();
      });
  let thread = begun();
  return {
    postMessage({ port, ...data }) {
      thread ??= begun();
      const { port1, port2 } = new MessageChannel();
      waiting.add(port);
      port1.once('message', (answer) => {
        waiting.delete(port);
        port.postMessage(answer);
        port1.close();
      });
      thread.postMessage({ ...data, port: port2 }, [port2]);
    },
    terminate: () => thread?.terminate(),
  };
}
