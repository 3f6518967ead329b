import type { Words } from './zh.ts';

export const en: Words = {
  messages: (count) => `${count} messages`,
  test: (destination) => `dingdock test message · ${destination}`,
  trial: {
    title: 'dingdock test card',
    text: 'Please tap the button below, to see whether taps on cards arrive.',
    button: 'Tap here',
    seen: '✅ Your tap arrived. Cards have such buttons from now on.',
    over: '⌛ No tap arrived, and the test is over. There is nothing to do.',
  },
};
