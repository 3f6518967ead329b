import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';

/** The page: plain files, no build step, nothing loaded from other hosts. */
export function page(): Hono {
  const app = new Hono();
  for (const [path, { parts, type }] of Object.entries(files)) {
    app.get(path, async () => {
      const texts = await Promise.all(parts.map((part) => readFile(new URL(part, folder), 'utf8')));
      return new Response(texts.join('\n'), {
        headers: { 'content-type': type, 'cache-control': 'no-cache', 'content-security-policy': policy },
      });
    });
  }
  return app;
}

const folder = new URL('./page/', import.meta.url);

/** Every script of the folder, those of its rooms too. */
const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.js'))
  .map((name) => name.replaceAll('\\', '/'));

/** The sheet by the parts of the page; what comes later wins. */
const styles = [
  ...['style/palette', 'style/base', 'style/top', 'style/chats', 'style/messages', 'looks/looks', 'style/collections'],
  ...['style/write', 'style/hood', 'style/drawer', 'style/compare', 'style/traffic', 'style/narrow'],
];

const files = {
  '/': { parts: ['index.html'], type: 'text/html; charset=utf-8' },
  '/page/style.css': { parts: styles.map((name) => `${name}.css`), type: 'text/css; charset=utf-8' },
  '/page/icon.svg': { parts: ['icon.svg'], type: 'image/svg+xml' },
  '/favicon.ico': { parts: ['icon.svg'], type: 'image/svg+xml' },
  ...Object.fromEntries(
    scripts.map((name) => [`/page/${name}`, { parts: [name], type: 'text/javascript; charset=utf-8' }]),
  ),
};

/** Messages are untrusted text: pictures may come from any host, scripts may not. */
const policy =
  "default-src 'self'; img-src * data:; media-src 'self'; style-src 'self'; script-src 'self'; base-uri 'none'";
