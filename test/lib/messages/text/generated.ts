import fc from '../../../support/property.ts';

/** Properties run this often: ten thousand texts in `npm run test:all -- texts`. */
export const RUNS = Number(process.env.TEXTS ?? 500);

const chinese = fc
  .array(fc.constantFrom(...'今日上线内容较多请各位同事仔细阅读并按时完成磁盘使用率告警'), {
    minLength: 1,
    maxLength: 25,
  })
  .map((signs) => signs.join(''));
const mark = fc.constantFrom('，', '。', '！', '？', '；', '、', '：', '……', '（', '）', '“', '”', ' ', ', ', '. ');
const word = fc.constantFrom('db-1', 'kubernetes', 'CPU', 'a_b', '中文mixed英文', 'R&D', 'OK', "it's");

/** What a cut must not go through. */
export const emoji = fc.constantFrom('😀', '👨‍👩‍👧‍👦', '🇨🇳', '👍🏽', '❤️', '1️⃣', 'é', '葛󠄀', 'हिन्दी');
export const url = fc
  .tuple(fc.nat(9999), fc.constantFrom('', '?from=weekly&x=1', '/a_b/(c)', '#top', '/%E4%B8%AD'))
  .map(([n, tail]) => `https://jira.example.com/browse/OPS-${n}${tail}`);
export const figure = fc.oneof(
  fc.nat().map(String),
  fc.tuple(fc.nat(999), fc.nat(999), fc.nat(99)).map(([a, b, c]) => `${a},${String(b).padStart(3, '0')}.${c}`),
  fc.constantFrom('2026-12-01', '18:00:59', '99.95%', '¥1,200', '13800000002', '１２３'),
);
export const mention = fc.constantFrom('@lisi', '@13800000002', '@zhang.san', '@所有人');
export const link = fc.tuple(chinese, url).map(([label, address]) => `[${label}](${address})`);
export const bold = fc.tuple(chinese, word).map(([a, b]) => `**${a} ${b}**`);
export const code = fc.nat(999).map((n) => `\`kubectl get pod-${n}\``);

const plainPart = fc.oneof({ weight: 5, arbitrary: chinese }, mark, word, emoji, url, figure, mention);
const richPart = fc.oneof({ weight: 5, arbitrary: chinese }, mark, word, emoji, url, figure, mention, link, bold, code);

/** Parts of a text with blanks or Chinese signs between them, so that each part is one of its kind. */
export type Parts = string[];
const parted = (part: fc.Arbitrary<string>) =>
  fc
    .array(fc.tuple(part, fc.constantFrom('，', '。', ' ', '、', '；', '\n', '\n\n')), { minLength: 1, maxLength: 60 })
    .map((pairs): Parts => pairs.flat());

export const plainTexts = parted(plainPart);
export const richTexts = parted(richPart);

/** Anything that people may type, with what Markdown would make something of. */
export const anyText = fc
  .array(
    fc.oneof(
      chinese,
      word,
      emoji,
      url,
      link,
      bold,
      code,
      mark,
      fc.string({ maxLength: 12 }),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.constantFrom(
        '# ',
        '## ',
        '- ',
        '* ',
        '1. ',
        '2) ',
        '> ',
        '```',
        '~~~',
        '---',
        '===',
        '| a | b |',
        '|---|---|',
      ),
      fc.constantFrom('<b>', '</div>', '<!--', '&amp;', '&copy', '&#35;', '\\', '\\*', '[x]: https://e.cn', '![a](b)'),
      fc.constantFrom(
        '\n',
        '\n\n',
        '\r\n',
        '    ',
        '\t',
        '  ',
        ' #',
        '_',
        '__',
        '~~',
        '*',
        '`',
        '!',
        '[',
        ']',
        ':-|-:',
      ),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));
