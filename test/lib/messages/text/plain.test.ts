import { type Node, Parser } from 'commonmark';
import { expect, test } from 'vitest';
import { asLine, asMarkdown } from '../../../../lib/messages/text/plain.ts';
import fc from '../../../support/property.ts';
import { anyText, RUNS } from './generated.ts';

/** What a reader sees of Markdown, line by line, and the blocks and spans that it holds. */
function seen(markdown: string): { text: string; types: string[] } {
  const walker = new Parser().parse(markdown).walker();
  const types = new Set<string>();
  let text = '';
  for (let step = walker.next(); step; step = walker.next()) {
    const node: Node = step.node;
    types.add(node.type);
    if (node.type === 'text' && step.entering) text += node.literal;
    if (node.type === 'linebreak') text += '\n';
    if (node.type === 'softbreak') text += '<softbreak>';
    if (node.type === 'paragraph' && !step.entering) text += '\n\n';
  }
  return { text: shown(text), types: [...types].sort() };
}

/** A text as it is seen: runs of blanks and of blank lines count as one, what stands at the ends of lines not at all. */
function shown(text: string): string {
  const lines = text
    .toWellFormed()
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)
    .map((line) =>
      line
        .replace(/(?!\t)\p{Cc}/gu, '')
        .replace(/\s+/g, ' ')
        .trim(),
    );
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

test.each([
  ['lines', '第一步: 备份\n第二步: 升级\n第三步: 验证 2*3*4'],
  ['lines of Windows', '一\r\n二\r三'],
  ['a heading', '# 不是标题\n第1行 a*b*c\n## 也不是 ##'],
  ['a list', '- 一\n* 二\n+ 三\n1. 四\n2) 五\n10. '],
  ['a quote', '> 一\n>> 二'],
  ['rules', '一\n---\n二\n===\n***\n___'],
  ['tags', '修复 <登录> 温度<5 <script>alert(1)</script> <!-- x'],
  ['entities', 'AT&amp;T &copy;.pdf R&D &#35; &nbsp;'],
  ['emphasis', '__init__.py ~~删除~~.txt **粗** snake_case_name'],
  ['links', '[点击重新登录](http://evil.example/login) ![](http://evil.example/track.png) [x]: http://evil.example'],
  ['brackets', 'a] b [c x](http://evil) [y'],
  ['code', '`rm -rf` ```\nfence\n~~~\n    indented'],
  ['a table', '| a | b |\n|---|---|\n| 1 | 2 |\n\na|b\n:-|-:'],
  ['backslashes', 'C:\\Users\\me \\* end\\\nnext'],
  ['blanks', '  zwei\n\tTab   drei\n　　段落'],
  ['blank lines', '\n\n一\n\n\n\n二\n \n三\n'],
])('a text with %s shows as it was written', (_, text) => {
  const { text: read, types } = seen(asMarkdown(text));
  expect(read).toBe(shown(text));
  expect(types.filter((type) => !['document', 'paragraph', 'text', 'linebreak'].includes(type))).toEqual([]);
});

test.each([
  ['a title of two lines', '第一行\n# 第二行', '第一行 # 第二行'],
  ['a title that ends in hashes', 'C# and F #', 'C# and F #'],
  ['a name with all signs', ' a] b [c *d* `e` <f> ', 'a] b [c *d* `e` <f>'],
])('%s stands in a heading, a label and an item as one line', (_, text, expected) => {
  expect(seen(`### ${asLine(text)}`)).toEqual({ text: expected, types: ['document', 'heading', 'text'] });
  expect(seen(`[${asLine(text)}](https://a.cn)`)).toEqual({
    text: expected,
    types: ['document', 'link', 'paragraph', 'text'],
  });
  expect(seen(`- ${asLine(text)}`).text).toBe(expected);
  expect(seen(`**${asLine(text)}**`).text).toBe(expected);
});

test('whatever people write shows as it was written, and makes nothing of its own', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { text: read, types } = seen(asMarkdown(text));
      expect(read).toBe(shown(text));
      expect(types.filter((type) => !['document', 'paragraph', 'text', 'linebreak'].includes(type))).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

test('whatever people write stands in a label as one line, and does not end it', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { text: read, types } = seen(`### [${asLine(text)}](https://a.cn)`);
      expect(read).toBe(shown(shown(text).replace(/\n+/g, ' ')));
      expect(types.filter((type) => !['document', 'heading', 'link', 'text'].includes(type))).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});
