import type { Words } from './zh.ts';

export const en: Words = {
  gathered: (count) => `${count} more updates in between`,
  lasted: (minutes) =>
    minutes < 60 ? `It lasted ${minutes} min` : `It lasted ${Math.floor(minutes / 60)} h ${minutes % 60} min`,
  again: (count) => `It fired ${count} times`,
  between: ', ',
};
