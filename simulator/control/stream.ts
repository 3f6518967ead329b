import type { State } from '../world/state.ts';

/** Server-sent events of everything new; ends when the client disconnects or the simulator closes. */
export function streamNews(state: State): Response {
  const encoder = new TextEncoder();
  let stop = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string) => {
        try {
          controller.enqueue(encoder.encode(text));
        } catch {
          stop();
        }
      };
      const listener = (kind: string, data: unknown) => write(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
      const beat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS);
      const end = () => {
        stop();
        try {
          controller.close();
        } catch {
          // the client has already disconnected
        }
      };
      stop = () => {
        clearInterval(beat);
        state.listeners.delete(listener);
        state.closing.signal.removeEventListener('abort', end);
      };
      state.listeners.add(listener);
      state.closing.signal.addEventListener('abort', end);
      write(': welcome\nretry: 1000\n\n');
    },
    cancel() {
      stop();
    },
  });
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' },
  });
}

const HEARTBEAT_MS = 15_000;
