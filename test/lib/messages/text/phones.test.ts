import { Parser } from 'commonmark';
import { expect, test } from 'vitest';
import { forPhones, phoneWarnings } from '../../../../lib/messages/text/phones.ts';
import fc from '../../../support/property.ts';
import { anyText, RUNS } from './generated.ts';

const warned = (text: string) => phoneWarnings('markdown.text', text).map(({ code }) => code);

test.each([
  ['| a | b |\n|---|:-:|\n| 1 | 2 |', ['table_on_phones']],
  ['> | a | b |\n> |---|---|\n', ['table_on_phones']],
  ['```sh\nls\n```', ['code_on_phones']],
  ['> ```\n> x\n> ```', ['code_on_phones']],
  ['<details><summary>x</summary></details>', ['tag_on_phones']],
  ['值 <nil>', ['tag_on_phones']],
  ['第一行\n第二行', ['line_break_lost']],
  ['> 甲\n> 乙', ['line_break_lost']],
  ['# 日报\n\n- **一**\n- 二\n\n[x](https://a.cn)  \n下一行<br>再一行', []],
  ['<font color="#ff0000">红</font> 5<6 <https://a.cn>', []],
  ['```npm ci``` 之前\n\n一\n\n---\n\n二', []],
])('of %j callers hear %j', (text, codes) => {
  expect(warned(text)).toEqual(codes);
});

test.each([
  [
    'a table',
    '前\n| 主机 | 状态 | 耗时 |\n|---|:-:|--:|\n| db-1 | ok | 3s |\n| **db-2** |  | 5s |\n后',
    '前\n\n- **db-1** · 状态: ok · 耗时: 3s\n- **db-2** · 耗时: 5s\n\n后',
  ],
  ['a table of a quote', '> | a | b |\n> |---|---|\n> | 1 | 2 |', '> - **1** · b: 2'],
  ['pipes in cells', 'a | b\n--- | ---\n1 \\| 2 | 3', '- **1 \\| 2** · b: 3'],
  ['line breaks', '第一行\n第二行\n\n第三行\n- 四\n- 五\n', '第一行  \n第二行\n\n第三行  \n- 四  \n- 五\n'],
  ['breaks that are there', '一  \n二<br>\n三\\\n四', '一  \n二<br>\n三\\\n四'],
  ['code', '```\na\nb\n| a | b |\n|---|---|\n```\n完', '```\na\nb\n| a | b |\n|---|---|\n```\n完'],
])('%s is made to be shown everywhere', (_, text, expected) => {
  expect(forPhones(text)).toBe(expected);
});

const LOST = ['table_on_phones', 'line_break_lost'];

test('what was converted has no table and loses no line break, and stays as it is', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const converted = forPhones(text);
      expect(warned(converted).filter((code) => LOST.includes(code))).toEqual([]);
      expect(forPhones(converted)).toBe(converted);
    }),
    { numRuns: RUNS },
  );
});

test('the words of converted lines stay, each line one of its own', () => {
  const line = fc.stringMatching(/^[一-龥a-z]{1,12}$/);
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (lines) => {
      const walker = new Parser().parse(forPhones(lines.join('\n'))).walker();
      const seen: string[] = [];
      for (let step = walker.next(); step; step = walker.next())
        if (step.node.type === 'text') seen.push(step.node.literal ?? '');
      expect(seen).toEqual(lines);
    }),
    { numRuns: RUNS },
  );
});
