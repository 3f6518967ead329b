import { startSimulator } from 'dingtalk-simulator';
import type { Page } from 'playwright-core';
import { openBrowser } from '../local/pictures/picture-page.ts';
import { type Row, row } from './row.ts';

const MESSAGES = 10_000;
/** Into the past and back: as many as it takes to come to the first message. */
const STEPS = 1_300;

/** The simulator's page with many messages: its nodes, its longest task while one scrolls, and what stays in memory. */
export async function run(): Promise<Row[]> {
  const messages = Array.from({ length: MESSAGES }, (_, n) => ({
    conversation: 'cidOps=',
    sender: n % 3 === 0 ? 'lisi' : 'dingdock',
    text: `第 ${n} 条 message`,
  }));
  const simulator = await startSimulator({ port: 0, fixtures: { messages } });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(simulator.url);
    await page.locator('#board article').last().waitFor();
    await page.evaluate(WATCH);
    const before = await memory(page);
    const past = await scroll(page, '0');
    const there = await memory(page);
    const back = await scroll(page, '1e9');
    await page.evaluate("document.getElementById('newer').click()");
    const after = await memory(page);
    const tasks = await page.evaluate<number[]>('window.tasks');
    const about = (name: string, unit: string, goal: string) => ({ bench: 'page', name, unit, goal });
    return [
      row(about(`page with ${MESSAGES} messages: nodes of the conversation`, 'nodes', '≤ 400'), [
        ...past.nodes,
        ...back.nodes,
      ]),
      row(about(`page with ${MESSAGES} messages: most of its nodes`, 'nodes', '≤ 400'), [
        Math.max(...past.nodes, ...back.nodes),
      ]),
      row(about(`page with ${MESSAGES} messages: read back to`, 'messages', ''), [past.reached]),
      row(about(`page with ${MESSAGES} messages: longest task while scrolling`, 'ms', '≤ 200'), [
        Math.max(0, ...tasks),
      ]),
      row({ ...about(`page with ${MESSAGES} messages: memory far in the past`, 'MB', ''), floor: before }, [there]),
      row({ ...about(`page with ${MESSAGES} messages: memory back at the end`, 'MB', 'flat'), floor: before }, [after]),
    ];
  } finally {
    await browser.close();
    await simulator.close();
  }
}

/** Scrolls to one end again and again; answers with the nodes after each step. */
async function scroll(page: Page, to: string): Promise<{ nodes: number[]; reached: number }> {
  const nodes: number[] = [];
  let reached = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const [count, first] = await page.evaluate<[number, number]>(`(async () => {
      const board = document.getElementById('board');
      board.scrollTop = ${to};
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 5)));
      return [board.querySelectorAll('*').length, Number(board.querySelector('article').dataset.id.slice(4))];
    })()`);
    nodes.push(count);
    reached = first;
  }
  return { nodes, reached };
}

/** The heap in MB, after what is garbage was collected. */
async function memory(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}

const WATCH = `(() => {
  window.tasks = [];
  const seen = new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration)));
  seen.observe({ type: 'longtask' });
})()`;
