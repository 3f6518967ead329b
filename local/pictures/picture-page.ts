import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import chromium from '@sparticuz/chromium';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';
import { fewColours } from './few-colours.ts';

/** What the pictures of the documents are made with. */
const FONTS = ['@fontsource-variable/noto-sans-sc/index.css', '@fontsource/noto-color-emoji/emoji-400.css'];
const FAMILIES = "'Noto Sans SC Variable', 'Noto Color Emoji', sans-serif";

export async function openBrowser(): Promise<Browser> {
  const executablePath = await chromium.executablePath();
  // in a single process the browser ends with its first page
  const args = chromium.args.filter((arg) => arg !== '--single-process');
  return playwright.launch({ executablePath, args, headless: true });
}

/** A page with Chinese letters and emoji, of which the browser brings none of its own. */
export async function openPage(browser: Browser, url: string, options: Parameters<Browser['newPage']>[0] = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, bypassCSP: true, ...options });
  await page.route('**/fonts/**', (route) =>
    route.fulfill({ path: join('node_modules', new URL(route.request().url()).pathname.slice(6)) }),
  );
  await page.goto(url);
  for (const font of FONTS) await page.addStyleTag({ url: `/fonts/${font}` });
  await page.addStyleTag({ content: `* { font-family: ${FAMILIES} !important }` });
  await drawn(page);
  return page;
}

/** Waits until what a page shows is shown in its letters. */
export async function drawn(page: Page): Promise<void> {
  await delay(500);
  await page.evaluate('document.fonts.ready');
  await delay(1_500);
}

/** Keeps a picture in docs, and says how large it is. */
export async function savePicture(browser: Browser, name: string, picture: Buffer): Promise<void> {
  const path = `docs/${name}.png`;
  const small = await fewColours(browser, picture);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, small);
  console.log(`${path}: ${small.length} bytes`);
}

/** Pictures in a row; the height is that of the largest, unless it is given. */
export async function sideBySide(browser: Browser, pictures: readonly Buffer[], { height }: { height?: number } = {}) {
  // a PNG says its width in its head
  const width = pictures.reduce((sum, picture) => sum + picture.readUInt32BE(16), GAP * (pictures.length - 1));
  const page = await browser.newPage({ viewport: { width, height: height ?? 300 } });
  const images = pictures.map((picture) => `<img src="data:image/png;base64,${picture.toString('base64')}">`);
  await page.setContent(`<body style="margin:0;display:flex;gap:${GAP}px;align-items:start">${images.join('')}`);
  return page.screenshot({ omitBackground: true, fullPage: height === undefined });
}
const GAP = 20;
