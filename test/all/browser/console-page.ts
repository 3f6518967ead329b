import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { browser } from './browser.ts';

/** The console of a stack, open for who holds that key. */
export async function openConsole(
  chromium: ReturnType<typeof browser>,
  api: string,
  { key = 'local', hash = '', ...options }: { key?: string; hash?: string } & Record<string, unknown>,
) {
  const opened = await chromium.visit(`${api}/console${hash}`, { locale: 'en-GB', ...options }, async (page) => {
    await page.addInitScript(`sessionStorage.setItem('dingdock-key', ${JSON.stringify(key)})`);
  });
  await opened.page.locator('nav').waitFor();
  return opened;
}

/** Until all that the view asks for is there. */
export const settled = (page: Page) => expect.poll(() => page.getByText(/^(Loading…|正在加载…)$/).count()).toBe(0);
