import type { Language } from '../../base/language.ts';
import { en } from './en.ts';
import { type Words, zh } from './zh.ts';

/** Everything that dingdock itself writes into messages of incidents. */
export const WORDS: Record<Language, Words> = { zh, en };
