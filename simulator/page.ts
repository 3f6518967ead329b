import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';

/** The page: plain files, no build step, nothing loaded from other hosts. */
export function page(): Hono {
  const app = new Hono();
  for (const [path, { file, type }] of Object.entries(files)) {
    app.get(path, async () => {
      const bytes = await readFile(new URL(`./page/${file}`, import.meta.url));
      return new Response(new Uint8Array(bytes), {
        headers: { 'content-type': type, 'cache-control': 'no-cache', 'content-security-policy': policy },
      });
    });
  }
  return app;
}

const scripts = ['app', 'drawer', 'hood', 'list', 'markdown', 'talk', 'theme', 'view', 'words', 'world'];

const files = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/page/style.css': { file: 'style.css', type: 'text/css; charset=utf-8' },
  '/page/icon.svg': { file: 'icon.svg', type: 'image/svg+xml' },
  '/favicon.ico': { file: 'icon.svg', type: 'image/svg+xml' },
  ...Object.fromEntries(
    scripts.map((name) => [`/page/${name}.js`, { file: `${name}.js`, type: 'text/javascript; charset=utf-8' }]),
  ),
};

/** Messages are untrusted text: pictures may come from any host, scripts may not. */
const policy =
  "default-src 'self'; img-src * data:; media-src 'self'; style-src 'self'; script-src 'self'; base-uri 'none'";
