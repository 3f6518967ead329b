import chromium from '@sparticuz/chromium';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

/** One Chromium for a test file, a fresh page for each test; errors on the page fail it. */
export function browser() {
  let running: Browser | undefined;
  const pages: Page[] = [];
  beforeAll(async () => {
    running = await playwright.launch({
      executablePath: await chromium.executablePath(),
      // in a single process the browser ends with its first page
      args: chromium.args.filter((arg) => arg !== '--single-process'),
      headless: true,
    });
  });
  afterAll(() => running?.close());

  return {
    /** Opens an address; `requests` are the hosts that were asked, `errors` what the page complained of. */
    async open(url: string, options: Parameters<Browser['newPage']>[0] = {}) {
      if (!running) throw new Error('the browser has not started yet');
      for (const old of pages.splice(0)) await old.close();
      const page = await running.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
      page.setDefaultTimeout(5000);
      pages.push(page);
      const hosts = new Set<string>();
      const errors: string[] = [];
      page.on('request', (request) => hosts.add(new URL(request.url()).host));
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      await page.goto(url);
      await page.locator('#live.on').waitFor();
      return { page, hosts, errors };
    },
  };
}
