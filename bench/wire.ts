import { connect, createServer } from 'node:net';

/** Stands before a server of this machine and counts what is sent to it, byte by byte, as leaves AWS's network. */
export async function startWire(target: string, onSent: () => void = () => undefined) {
  const { hostname, port } = new URL(target);
  let sent = 0;
  const server = createServer((socket) => {
    const there = connect(Number(port), hostname);
    socket.on('data', (chunk) => {
      sent += chunk.length;
      onSent();
    });
    socket.pipe(there).pipe(socket);
    socket.on('error', () => there.destroy());
    there.on('error', () => socket.destroy());
    socket.on('close', () => there.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    /** Bytes since the last time. */
    used(): number {
      const bytes = sent;
      sent = 0;
      return bytes;
    },
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}
