import { Parser } from 'commonmark';
import { expect, test } from 'vitest';
import { questionCard } from '../../../../lib/approvals/approval-messages.ts';
import { firstFired } from '../../../../lib/incidents/life.ts';
import { shortened } from '../../../../lib/messages/text/tokens.ts';
import { render as alertmanager } from '../../../../lib/sources/kinds/alertmanager.ts';
import type { Source } from '../../../../lib/sources/source.ts';
import fc from '../../../support/property.ts';
import { RUNS, richTexts } from './generated.ts';

const bytes = (text: string) => Buffer.byteLength(text);
const isWhole = (part: string) => /^(?:https?:|\[|\*\*|`|@|¥?\d)/.test(part);
/** How often each piece stands in a text. */
const counts = (text: string, pieces: string[]) => pieces.map((piece) => text.split(piece).length - 1);

test.each([
  ['signs', (text: string) => text.length],
  ['bytes', bytes],
])('Markdown that is shortened by its %s keeps links, addresses, code, bold and characters whole', (_, sizeOf) => {
  fc.assert(
    fc.property(richTexts, fc.integer({ min: 400, max: 900 }), (parts, most) => {
      const text = parts.join('');
      const short = shortened(text, most, { markdown: true, sizeOf });
      expect(sizeOf(short)).toBeLessThanOrEqual(most);
      expect(short.isWellFormed()).toBe(true);
      if (short === text) return;
      const kept = short.slice(0, -1);
      expect(text.startsWith(kept)).toBe(true);
      const rest = text.slice(kept.length);
      const pieces = [...new Set(parts.filter(isWhole))];
      const both = [counts(kept, pieces), counts(rest, pieces)];
      expect(pieces.map((_piece, at) => (both[0]?.[at] ?? 0) + (both[1]?.[at] ?? 0))).toEqual(counts(text, pieces));
    }),
    { numRuns: RUNS },
  );
});

/** Addresses of the links as CommonMark reads them, and what looks like the rest of one. */
function linksIn(markdown: string): { whole: string[]; torn: boolean } {
  const walker = new Parser().parse(markdown).walker();
  const whole: string[] = [];
  let words = '';
  for (let step = walker.next(); step; step = walker.next()) {
    if (step.entering && step.node.type === 'link') whole.push(step.node.destination ?? '');
    if (step.node.literal) words += step.node.literal;
  }
  return { whole, torn: /\]\(|\]…/.test(words) };
}

const address = (n: number) => `https://jira.example.com/browse/OPS-${n}?from=weekly&x=${'1'.repeat(60)}`;

test('the details of an approval are cut beside a link', () => {
  for (const before of [1_380, 1_400, 1_420, 1_440, 1_460, 1_480]) {
    const details = `${'甲'.repeat(before)}[工单](${address(1)})，${'乙'.repeat(300)}`;
    const approval = { details, approvers: { people: [], quorum: 1 }, choices: [], language: 'zh', answers: [] };
    const more = { question: '发布？', code: 'A-7F3Q', expiresAt: '2036-01-01T00:00:00Z', timeZone: 'Asia/Shanghai' };
    const card = questionCard({ ...approval, ...more } as never, () => 'https://dock.example/a');
    const { whole, torn } = linksIn('text' in card ? card.text : '');
    expect([torn, whole.filter((url) => url !== address(1))]).toEqual([false, []]);
  }
});

const source: Source = { name: 'alarms', owner: 'key:ci', keyHash: '', rules: { kind: 'alertmanager', to: ['ops'] } };
async function saidOf(alert: object, count = 1) {
  const alerts = Array.from({ length: count }, (_, n) => ({ status: 'firing', fingerprint: `${n}`, ...alert }));
  const body = JSON.stringify({ version: '4', groupLabels: { alertname: 'Disk' }, alerts });
  const { said } = await alertmanager(source, body, '2026-11-28T16:31:35Z');
  return said[0]?.plain as { title: string; text: string };
}

test('what an alert says is cut beside an address, and its labels beside a word', async () => {
  for (const before of [430, 445, 460, 475, 490]) {
    const { text } = await saidOf({ annotations: { summary: `${'甲'.repeat(before)} ${address(2)} 完` } });
    expect(text.split('https://').length - 1).toBe(text.split(address(2).replaceAll('&', '&amp;')).length - 1);
  }
  for (const before of [180, 190, 198]) {
    const { text } = await saidOf({ labels: { instance: `${'a'.repeat(before)} 👨‍👩‍👧‍👦kubernetes.cluster.local` } });
    expect(text.isWellFormed()).toBe(true);
    expect(text).not.toMatch(/kub[a-z.]*…|\u200d…/);
  }
});

test('a long incident keeps each of its links whole, as it is kept and as it is sent', async () => {
  const urls = { generatorURL: address(3), silenceURL: address(4), dashboardURL: address(5), panelURL: address(6) };
  for (const length of [480, 485, 490, 495, 500]) {
    const annotations = { summary: '磁盘'.repeat(length / 2), description: '内存'.repeat(length / 2) };
    const { title, text } = await saidOf({ annotations, ...urls }, 10);
    const born = { id: 'i_1', code: 'I-7F3Q', owner: 'key:ci', source: 'alarms', to: ['ops'] };
    const received = { id: 'r', at: '2026-11-28T16:31:35Z' };
    const signal = { identity: 'x', state: 'firing' as const, labels: {}, title, text: text.repeat(2), received };
    const kept = firstFired({ ...born, language: 'zh', gapMs: 0, next: [] }, signal).text;
    expect(bytes(kept)).toBeLessThanOrEqual(20_000);
    const { whole, torn } = linksIn(kept);
    expect([torn, whole.filter((url) => !Object.values(urls).includes(url))]).toEqual([false, []]);
  }
});

test.each(['两行\n标题', '第一行\r\n第二行', ' 空\t格 ', '很长的标题'.repeat(40)])(
  'the title %j of an alert is one line',
  async (alertname) => {
    const { title } = await saidOf({ labels: { alertname } }, 1).then(async () => {
      const alerts = [{ status: 'firing', labels: { alertname } }];
      const { said } = await alertmanager(source, JSON.stringify({ alerts }), '2026-11-28T16:31:35Z');
      return said[0]?.content as { title: string };
    });
    expect(title).not.toMatch(/[\r\n\t]| {2}| $/);
    expect(title.length).toBeLessThanOrEqual(100);
  },
);
