import { newRefusal } from '../../gateway/envelope.ts';
import type { RefusalId } from '../../world/refusals.ts';

/** 400 with a code of messaging.md §7. */
export function refusedCard(id: RefusalId, code: string) {
  return newRefusal(id, 400, code, code);
}
