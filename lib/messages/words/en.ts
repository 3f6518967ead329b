import type { Words } from './zh.ts';

export const en: Words = { messages: 'messages', test: 'test message' };
