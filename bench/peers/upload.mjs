// The usual ways from S3 to an upload with a form: `node upload.mjs <way> <from> <to>`. Tells what it took.
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { peakKb } from '../peak-memory.cjs';

const [, , way = '', from = '', to = ''] = process.argv;
const WAYS = {
  async 'undici FormData'() {
    const { fetch, FormData } = await import('undici');
    const form = new FormData();
    form.append('media', await (await fetch(from)).blob(), 'file.bin');
    await (await fetch(to, { method: 'POST', body: form })).text();
  },
  async 'axios + form-data'() {
    const { default: axios } = await import('axios');
    const { default: FormData } = await import('form-data');
    const { data, headers } = await axios.get(from, { responseType: 'stream' });
    const form = new FormData();
    form.append('media', data, { filename: 'file.bin', knownLength: Number(headers['content-length']) });
    await axios.post(to, form, { headers: form.getHeaders(), maxBodyLength: Number.POSITIVE_INFINITY });
  },
  async 'global fetch'() {
    const form = new FormData();
    form.append('media', await (await fetch(from)).blob(), 'file.bin');
    await (await fetch(to, { method: 'POST', body: form })).text();
  },
  /** Nothing but Node's own streams: the floor. */
  async 'node:http'() {
    const { get, request } = await import('node:http');
    const { pipeline } = await import('node:stream/promises');
    const [source] = await once(get(from), 'response');
    const sent = request(to, { method: 'POST', headers: { 'content-length': source.headers['content-length'] } });
    const answered = once(sent, 'response');
    await pipeline(source, sent);
    const [answer] = await answered;
    await answer.toArray();
  },
};
await WAYS[way]();
const { user, system } = process.cpuUsage();
writeSync(1, JSON.stringify({ rssKb: peakKb(), cpuMs: (user + system) / 1000 }));
process.exit(0);
