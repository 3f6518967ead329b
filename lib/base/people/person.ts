import { withoutUnseen } from '../text/signs.ts';

/** A person as callers write one: by mobile number, or by an id of DingTalk's. */
export type PersonText = { kind: 'mobile' | 'id'; id: string };

const ID = /^[\p{L}\p{N}_.$+/=:@-]{1,128}$/u;
/** `13800000002`, `+86 138-0000-0002`, `(0086) 138 0000 0002`, once the signs between are gone. */
const MAINLAND = /^(?:(?:\+|00)?86)?(1\d{10})$/;
/** Country codes of one and two digits; all others have three (ITU E.164). */
const SHORT_CODES = /^(?:1|7|20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/** What a text says of a person; undefined when it cannot be one. All doors read people by this. */
export function readPerson(text: string): PersonText | undefined {
  const mobile = readMobile(text);
  if (mobile !== undefined) return { kind: 'mobile', id: mobile };
  const id = readUserId(text);
  return id === undefined ? undefined : { kind: 'id', id };
}

/** A mobile number as DingTalk takes it: of the mainland 11 digits, of another country `+852-61234567`. */
export function readMobile(text: string): string | undefined {
  const number = bare(text).replace(/[\s().·-]/g, '');
  const [, mainland] = MAINLAND.exec(number) ?? [];
  if (mainland !== undefined) return mainland;
  const [, abroad] = /^(?:\+|00)([1-9]\d{5,14})$/.exec(number) ?? [];
  if (abroad === undefined) return undefined;
  const code = SHORT_CODES.exec(abroad)?.[0] ?? abroad.slice(0, 3);
  return code === '86' ? undefined : `+${code}-${abroad.slice(code.length)}`;
}

/** A userId or unionId, without the `@` and the blanks around it. */
export function readUserId(text: string): string | undefined {
  const id = bare(text);
  return ID.test(id) && !/^\+\d+$/.test(id) ? id : undefined;
}

/** Half-width, without the sign of a mention, the scheme of a number and what is not seen. */
function bare(text: string): string {
  return withoutUnseen(text.normalize('NFKC'))
    .trim()
    .replace(/^(?:@+|tel:)\s*/i, '')
    .trim();
}
