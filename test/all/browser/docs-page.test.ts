import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { docsPage } from '../../../contract/reference/page.ts';
import { referenceOf } from '../../../contract/reference/reference.ts';
import { browser, violations } from './browser.ts';

/** The page of `GET /docs`, with the headers that the function gives it. */
const chromium = browser();
const reference = referenceOf(JSON.parse(readFileSync('openapi.json', 'utf8')));
const answer = docsPage(reference);
const server = createServer((_, response) => response.writeHead(answer.status, answer.headers).end(answer.body));
let url = '';
beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/docs`;
});
afterAll(() => server.close());

test.each(['light', 'dark'] as const)(
  'in %s everything leads somewhere, and axe finds nothing',
  async (colorScheme) => {
    const { page, hosts, errors } = await chromium.visit(url, { colorScheme });
    const broken = await page.evaluate<string[]>(
      `[...document.querySelectorAll('a[href^="#"]')].map((a) => a.getAttribute('href')).filter((to) => !document.getElementById(to.slice(1)))`,
    );
    expect(broken).toEqual([]);
    const routes = await page.locator('section h3').allInnerTexts();
    for (const { operations } of reference.groups)
      for (const { method, path } of operations) expect(routes).toContain(`${method} ${path}`);
    expect(await violations(page)).toEqual([]);
    expect([...hosts]).toEqual([new URL(url).host]);
    expect(errors).toEqual([]);
  },
);

test('on a phone nothing is wider than the screen', async () => {
  const { page } = await chromium.visit(url, { viewport: { width: 360, height: 740 } });
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
});
