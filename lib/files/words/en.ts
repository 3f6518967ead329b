import type { Words } from './zh.ts';

export const en: Words = {
  download: 'Download',
  validUntil: 'valid until',
  inbound: {
    expired: () => 'The file has expired: please send it again.',
    tooLarge: (_file, megabytes) => `The file is too large (${megabytes} MB at most).`,
  },
  link: {
    preview: () => ['A file', 'Open the link to download it.'],
    unknown: () => ['No such link', 'Ask the sender for a new one.'],
    expired: (file, day) => [
      'This link has expired',
      `It was valid until ${day}. Ask the sender to share "${file}" again.`,
    ],
    revoked: (file) => ['This link was revoked', `Ask the sender to share "${file}" again.`],
    usedUp: (file, views) => [
      'This link is used up',
      `It could be opened ${views} times. Ask the sender to share "${file}" again.`,
    ],
  },
};
