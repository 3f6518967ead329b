import type { Words } from './zh.ts';

export const en: Words = {
  download: 'Download',
  validUntil: (time) => `Valid until ${time}`,
  inbound: {
    expired: (file) => `The file${file ? ` "${file}"` : ''} has expired: please send it again.`,
    tooLarge: (file, megabytes) => `The file${file ? ` "${file}"` : ''} is too large (${megabytes} MB at most).`,
  },
  link: {
    preview: () => ['A file', 'Open the link to download it.'],
    unknown: () => ['No such link', 'Ask the sender for a new one.'],
    expired: (file, time) => [
      'This link has expired',
      `It was valid until ${time}. Ask the sender to share "${file}" again.`,
    ],
    revoked: (file) => ['This link was revoked', `Ask the sender to share "${file}" again.`],
    usedUp: (file, views) => [
      'This link is used up',
      `It could be opened ${views} times. Ask the sender to share "${file}" again.`,
    ],
  },
};
