import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import chromium from '@sparticuz/chromium';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

/** A busy machine is no failure. */
const PATIENT_MS = 120_000;

/** In a single process the browser ends with its first page; without web security, pages read those of other origins. */
const UNLIKE_PEOPLES = ['--single-process', '--disable-web-security', '--allow-running-insecure-content'];

type NewPage = Parameters<Browser['newPage']>[0];

/** One Chromium for a test file, a fresh page for each test; errors on the page fail it. */
export function browser() {
  let running: Browser | undefined;
  const pages: Page[] = [];
  beforeAll(async () => {
    running = await playwright.launch({
      executablePath: await chromium.executablePath(),
      args: chromium.args.filter((arg) => !UNLIKE_PEOPLES.includes(arg)),
      headless: true,
      timeout: PATIENT_MS,
    });
  });
  afterAll(() => running?.close());

  return {
    visit,
    /** Opens the simulator's page, and waits until it hears what happens. */
    async open(url: string, options: NewPage = {}) {
      const opened = await visit(url, options);
      await opened.page.locator('#live.on').waitFor();
      return opened;
    },
  };

  /** Opens an address, once the page is prepared; `hosts` are those that were asked, `errors` what the page complained of. */
  async function visit(url: string, options: NewPage = {}, prepare: (page: Page) => Promise<void> = async () => {}) {
    if (!running) throw new Error('the browser has not started yet');
    for (const old of pages.splice(0)) await old.close();
    const page = await running.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
    page.setDefaultTimeout(PATIENT_MS);
    pages.push(page);
    const hosts = new Set<string>();
    const errors: string[] = [];
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await prepare(page);
    const answer = await page.goto(url);
    return { page, hosts, errors, status: answer?.status() };
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
type Found = { violations: { id: string; nodes: { html: string }[] }[] };

/** What axe holds against a page as it stands. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate<Found>('axe.run()');
  return found.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 120)}`));
}
