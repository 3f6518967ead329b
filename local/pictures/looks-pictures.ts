import { rmSync } from 'node:fs';
import { startSimulator } from 'dingtalk-simulator';
import { openBrowser, openPage, savePicture } from './picture-page.ts';
import { SAMPLE_GROUP, sendSamples } from './sample-messages.ts';

/** Makes docs/looks: each kind of message as a desktop and as the worst phone show it, with its line in the list and its push. */
const simulator = await startSimulator({ port: 0 });
const browser = await openBrowser();
try {
  const ids = await sendSamples(simulator.url);
  const group = `${simulator.url}/#as=zhangsan&in=${encodeURIComponent(SAMPLE_GROUP)}`;
  // tall enough for all of them
  const viewport = { width: 900, height: 6_000 };
  const page = await openPage(browser, group, { viewport, locale: 'zh-CN', colorScheme: 'light' });
  rmSync('docs/looks', { recursive: true, force: true });
  for (const [kind, id] of ids) {
    await page.locator(`[data-id="${id}"] .looks`).click();
    for (const mode of ['desktop', 'phone'])
      await savePicture(
        browser,
        `looks/${mode}/${kind}`,
        await page.locator(`#compare .look-column.${mode}`).screenshot(),
      );
    await page.locator('#compare-close').click();
  }
} finally {
  await browser.close();
  await simulator.close();
}
