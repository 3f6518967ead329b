import type { Language } from '../../base/language.ts';
import { en } from './en.ts';
import { type Words, zh } from './zh.ts';

/** Everything that people read on the console. */
export const WORDS: Record<Language, Words> = { zh, en };
export type { Words };
