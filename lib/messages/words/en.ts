import type { Words } from './zh.ts';

export const en: Words = {
  messages: (count) => `${count} messages`,
  test: (destination) => `dingdock test message · ${destination}`,
};
