import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/** What the pictures of the documents are made with. */
const FONT = 'node_modules/@fontsource-variable/noto-sans-sc';

export async function openBrowser(): Promise<Browser> {
  const executablePath = await chromium.executablePath();
  // in a single process the browser ends with its first page
  const args = chromium.args.filter((arg) => arg !== '--single-process');
  return playwright.launch({ executablePath, args, headless: true });
}

/** A page with Chinese letters, of which the browser brings none of its own. */
export async function openPage(browser: Browser, url: string, options: Parameters<Browser['newPage']>[0] = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, bypassCSP: true, ...options });
  await page.route('**/fonts/**', (route) =>
    route.fulfill({ path: join(FONT, new URL(route.request().url()).pathname.slice(6)) }),
  );
  await page.goto(url);
  await page.addStyleTag({ url: '/fonts/wght.css' });
  await page.addStyleTag({ content: "* { font-family: 'Noto Sans SC Variable', sans-serif !important }" });
  await delay(500);
  await page.evaluate('document.fonts.ready');
  await delay(1_500);
  return page;
}

/** Keeps a picture in docs, and says how large it is. */
export function savePicture(name: string, picture: Buffer): void {
  const path = `docs/${name}.png`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, picture);
  console.log(`${path}: ${picture.length} bytes`);
}
