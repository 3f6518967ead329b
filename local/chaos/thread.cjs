// Loaded by every process of a run. In the thread of a function: it tells threads.ts who it is and by which ports it calls
// out, and does what it is told from there: it dies, or its clock goes wrong.
const { subscribe } = require('node:diagnostics_channel');
const { connect } = require('node:net');
const { isMainThread } = require('node:worker_threads');
const { setAhead } = require('./fast-time.cjs');

if (!isMainThread && process.env.CHAOS_THREADS !== undefined) {
  const line = connect(Number(process.env.CHAOS_THREADS), '127.0.0.1').unref();
  line.write(`${process.env.AWS_LAMBDA_FUNCTION_NAME}\n`);
  line.on('data', (/** @type {Buffer} */ data) => {
    for (const [word, ms] of String(data)
      .trim()
      .split('\n')
      .map((order) => order.split(' '))) {
      if (word === 'die') process.exit(137);
      setAhead(Number(ms));
    }
  });
  line.on('error', () => undefined);
  subscribe('net.client.socket', (/** @type {any} */ { socket }) => {
    socket.once('connect', () => line.write(`${socket.localPort}\n`));
  });
}
