import { expect, test } from 'vitest';
import { readMobile, readPerson, readUserId } from '../../lib/base/people/person.ts';

test.each([
  '13800000002',
  '+8613800000002',
  '+86-13800000002',
  '+86 138 0000 0002',
  '86-138-0000-0002',
  '0086 13800000002',
  '(+86) 138 0000 0002',
  '138 0000 0002',
  ' @13800000002 ',
  '１３８００００００００２'.replace('００００００００', '０００００００'),
  '\u202a+86 138\u00a00000\u00a00002\u202c',
])('%j is the mainland mobile 13800000002', (text) => {
  expect(readPerson(text)).toEqual({ kind: 'mobile', id: '13800000002' });
});

test.each([
  ['+852 6123 4567', '+852-61234567'],
  ['+85261234567', '+852-61234567'],
  ['0044 20 7946 0018', '+44-2079460018'],
  ['+1 (212) 555-0100', '+1-2125550100'],
  ['+7-495-1234567', '+7-4951234567'],
])('%j is the mobile %s', (text, mobile) => {
  expect(readMobile(text)).toBe(mobile);
});

test.each([
  ['@lisi', 'lisi'],
  [' lisi\n', 'lisi'],
  ['＠ｌｉｓｉ', 'lisi'],
  ['@@lisi', 'lisi'],
  ['manager-4220_x.1', 'manager-4220_x.1'],
  ['PiiiPyQqBNBii0HnCJ3zljcuAiEiE=', 'PiiiPyQqBNBii0HnCJ3zljcuAiEiE='],
])('%j is the id %s', (text, id) => {
  expect(readPerson(text)).toEqual({ kind: 'id', id });
});

test.each(['', ' ', '@', 'li si', 'lisi,wangwu', '<lisi>', '+86 12', 'a'.repeat(129), '+8612345', '\u200b'])(
  '%j can be no person',
  (text) => {
    expect(readPerson(text)).toBeUndefined();
  },
);

test.each(['abc', '12345', '+86 23800000002', '1380000000', '138000000021'])('%j is no mobile number', (text) => {
  expect(readMobile(text)).toBeUndefined();
});

test('a number with its country is no userId, and eleven digits may be one', () => {
  expect([readUserId('+8613800000002'), readUserId('13800000002')]).toEqual([undefined, '13800000002']);
});
