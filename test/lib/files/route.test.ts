import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanName, decodeKey, routeOf } from '../../../lib/files/route.ts';

test('reads a key as S3 writes it: plus is a space, percent is UTF-8, once', () => {
  expect(decodeKey('share/project/%E6%8A%A5%E5%91%8A+a%2Bb+%281%29.pdf')).toBe('share/project/报告 a+b (1).pdf');
  expect(decodeKey('share/project/100%2525.pdf')).toBe('share/project/100%25.pdf');
});

test('finds destination and name, also below sub-folders', () => {
  expect(routeOf('share/project/2026/报告+.pdf')).toEqual({
    to: 'destination',
    destination: 'project',
    fileName: '报告+.pdf',
  });
});

test.each([
  ['report.pdf', 'no_destination_in_key'],
  ['share/report.pdf', 'no_destination_in_key'],
  ['shared/project/a.pdf', 'no_destination_in_key'],
  ['share//a.pdf', 'no_destination_in_key'],
  ['share/project/', 'folder_not_file'],
])('%s goes nowhere, and says why', (key, code) => {
  expect(routeOf(key)).toMatchObject({ to: 'nowhere', code });
});

test("dingdock's own files are left alone", () => {
  expect(routeOf('inbox/cid/2026-01-01/a.pdf')).toEqual({ to: 'ignore' });
});

test('a name loses what breaks clients, and keeps its extension when it is too long', () => {
  expect(cleanName('a\u202efdp.exe\r\n"b"')).toBe('afdp.exeb');
  const long = cleanName(`${'报'.repeat(200)}.pdf`);
  expect(Buffer.byteLength(long)).toBeLessThanOrEqual(255);
  expect(long.endsWith('报.pdf')).toBe(true);
});

test('any name becomes one that fits and hides nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
      const clean = cleanName(name);
      return Buffer.byteLength(clean) <= 255 && !/[\r\n"\\/\u202e]/.test(clean);
    }),
  );
});
