/** Marks that are not seen: editors and chats put them around names and what is copied. */
const UNSEEN = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Brackets and quotation marks as people type them, for patterns; half and full width. */
export const OPENING = '[(（\\[【「『《<"“\'‘]';
export const CLOSING = '[)）\\]】」』》>"”\'’]';

export function withoutUnseen(text: string): string {
  return text.replace(UNSEEN, '');
}
