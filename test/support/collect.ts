import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Frees what nobody holds any more, now: when that happens by itself is chance. */
export const collect: () => void = runInNewContext('gc');
