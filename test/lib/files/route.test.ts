import { expect, test } from 'vitest';
import { cleanName } from '../../../lib/base/text/file-name.ts';
import { decodeKey, routeOf } from '../../../lib/files/share/route.ts';
import fc from '../../support/property.ts';

test('reads a key as S3 writes it: plus is a space, percent is UTF-8, once', () => {
  expect(decodeKey('share/project/%E6%8A%A5%E5%91%8A+a%2Bb+%281%29.pdf')).toBe('share/project/报告 a+b (1).pdf');
  expect(decodeKey('share/project/100%2525.pdf')).toBe('share/project/100%25.pdf');
});

test('finds destination and name, also below sub-folders', () => {
  expect(routeOf('share/project/2026/报告+.pdf')).toMatchObject({
    to: 'destinations',
    wish: { destinations: ['project'], fileName: '报告+.pdf' },
  });
});

test('one upload may name several destinations, each once', () => {
  expect(routeOf('share/ops,project, ops/a.pdf')).toMatchObject({ wish: { destinations: ['ops', 'project'] } });
});

test('a key that names a destination is not overruled by metadata: a prefix confines whoever may write below it', () => {
  expect(routeOf('share/ops/a.pdf', { destination: 'board' })).toMatchObject({ wish: { destinations: ['ops'] } });
});

test('a link lives for ninety days at most', () => {
  const metadata = { destination: 'ops', 'link-days': '400' };
  expect(routeOf('a.pdf', metadata)).toMatchObject({ wish: { link: { days: 90 } } });
});

test('metadata says where to, what to write and whom to mention, however it is encoded', () => {
  const metadata = {
    destination: 'ops,project',
    caption: '=?UTF-8?B?5a2j5oql?= =?UTF-8?Q?=E6=9D=A5_=E4=BA=86?=',
    mention: '@lisi,13800000001,all',
    'link-days': '3',
    'link-views': '0',
  };
  expect(routeOf('any/季报.pdf', metadata)).toMatchObject({
    wish: {
      destinations: ['ops', 'project'],
      fileName: '季报.pdf',
      caption: '季报来 了',
      mention: { users: ['lisi'], mobiles: ['13800000001'], all: true, fallback: 'text' },
      link: { days: 3, views: undefined },
    },
  });
  expect(routeOf('a.pdf', { destination: 'ops', caption: '%E5%AD%A3%E6%8A%A5' })).toMatchObject({
    wish: { caption: '季报' },
  });
  expect(routeOf('a.pdf', { destination: 'ops', caption: '100%' })).toMatchObject({ wish: { caption: '100%' } });
});

test('a key that is no key is read as it is', () => {
  expect(decodeKey('share/ops/100%.pdf')).toBe('share/ops/100%.pdf');
});

test.each([
  ['report.pdf', 'no_destination_in_key'],
  ['share/report.pdf', 'no_destination_in_key'],
  ['shared/project/a.pdf', 'no_destination_in_key'],
  ['share//a.pdf', 'no_destination_in_key'],
  ['share/project/', 'folder_not_file'],
  ['share/project/\u202e\u0007', 'folder_not_file'],
  [`share/${Array.from({ length: 21 }, (_, n) => `d${n}`).join(',')}/a.pdf`, 'too_many_destinations'],
])('%s goes nowhere, and says why', (key, code) => {
  expect(routeOf(key)).toMatchObject({ to: 'nowhere', code });
});

test("dingdock's own files are left alone", () => {
  expect(routeOf('inbox/cid/2026-01-01/a.pdf')).toEqual({ to: 'ignore' });
});

test('a name loses what breaks clients, and keeps its extension when it is too long', () => {
  expect(cleanName('a\u202efdp.exe\r\n"b"')).toBe('afdp.exe_b_');
  expect(cleanName('2*3*4=24.txt')).toBe('2_3_4=24.txt');
  expect(cleanName('a|b<c>.md')).toBe('a_b_c_.md');
  const long = cleanName(`${'报'.repeat(200)}.pdf`);
  expect(Buffer.byteLength(long)).toBeLessThanOrEqual(255);
  expect(long.endsWith('报.pdf')).toBe(true);
});

test('any name becomes one that fits and hides nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
      const clean = cleanName(name);
      return Buffer.byteLength(clean) <= 255 && !/[\r\n"\\/*<>|\u202e]|\.$/.test(clean);
    }),
  );
});

test.each([
  'share/project/.DS_Store',
  'share/project/2026/._季报.pdf',
  'share/project/Thumbs.db',
  'share/project/desktop.ini',
  'share/project/~$季报.docx',
  'share/project/.~lock.季报.odt#',
  'share/project/电影.mp4.part',
  'share/project/setup.exe.crdownload',
  'share/project/__MACOSX/a/b.pdf',
  'share/project/.Trashes/501/a.pdf',
  'share/project/$RECYCLE.BIN/a.pdf',
  'share/project/@eaDir/a.jpg',
  'share/project/.季报.docx.swp',
  'share/project/.syncthing.a.pdf.tmp',
  'share/project/.~季报.xlsx',
  'share/project/.directory',
])('%s is what a system left there, and goes to nobody', (key) => {
  expect(routeOf(key)).toMatchObject({ to: 'nobody', code: 'system_file' });
});

test.each([
  'share/project/part',
  'share/project/a.part1.rar',
  'share/project/~报告.docx',
  'share/project/thumbs.db.pdf',
  'share/project/.env',
  'share/project/a.tmp',
  'share/project/Trashes/a.pdf',
])('%s is a file of people', (key) => {
  expect(routeOf(key)).toMatchObject({ to: 'destinations' });
});

test('a name is the same however its letters are composed, and a path of Windows ends in a name', () => {
  const decomposed = 'équipe'.normalize('NFD');
  expect(routeOf(`share/${decomposed}/${'résumé'.normalize('NFD')}.pdf`)).toMatchObject({
    wish: { destinations: ['équipe'], fileName: 'résumé.pdf' },
  });
  expect(routeOf('share/ops/C:\\Users\\me\\报告.pdf')).toMatchObject({ wish: { fileName: '报告.pdf' } });
});
