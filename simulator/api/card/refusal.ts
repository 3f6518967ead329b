import { newRefusal } from '../../gateway/envelope.ts';

/** 400 with a code of messaging.md §7. */
export function refusedCard(code: string) {
  return newRefusal(400, code, code);
}
