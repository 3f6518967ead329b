import type { RefusalId } from '../../../simulator/world/refusals.ts';
import { cardProofs, todoProofs } from './cards-todos.ts';
import { driveProofs } from './drive.ts';
import { otherProofs } from './others.ts';
import type { Proof } from './proof.ts';
import { robotProofs } from './robots.ts';
import { signInProofs } from './sign-in.ts';

/** One request for each refusal of the simulator; an id without one does not compile. */
export const allProofs: Record<RefusalId, Proof> = {
  ...robotProofs,
  ...cardProofs,
  ...todoProofs,
  ...driveProofs,
  ...otherProofs,
  ...signInProofs,
};
