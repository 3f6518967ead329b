import type { Language } from '../../base/language.ts';
import { when } from '../../base/people/local-time.ts';
import type { Content } from '../../messages/content.ts';
import { WORDS } from '../words/words.ts';
import { readableSize } from './ways.ts';

/** DingTalk cuts titles (files.md §6.6). */
const TITLE_CHARS = 64;

/** The fields of a card with a download link. */
export type DownloadCard = {
  fileName: string;
  size: number;
  url: string;
  expiresAt: string;
  caption?: string | undefined;
};

/** How the readers of a card write. */
export type Readers = { language: Language; timeZone: string };

/** A card with a button that downloads the file. */
export function downloadCard(
  { fileName, size, url, expiresAt, caption }: DownloadCard,
  { language, timeZone }: Readers,
): Content {
  const words = WORDS[language];
  const lines = [
    `### ${plain(fileName)}`,
    caption,
    `${readableSize(size)} · ${words.validUntil(when(expiresAt, timeZone))}`,
  ];
  return {
    kind: 'actionCard',
    title: shortened(fileName),
    text: lines.filter(Boolean).join('\n\n'),
    buttons: [{ title: words.download, url }],
  };
}

/** A picture in a message of a robot that carries no files, with a link to the file below. */
export function pictureMessage(
  mediaId: string,
  { fileName, url, caption }: Omit<DownloadCard, 'size' | 'expiresAt'>,
): Content {
  const lines = [`![${plain(fileName)}](${mediaId})`, caption, `[${plain(fileName)}](${url})`];
  return { kind: 'markdown', title: shortened(fileName), text: lines.filter(Boolean).join('\n\n') };
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= TITLE_CHARS ? text : `${characters.slice(0, TITLE_CHARS - 1).join('')}…`;
}

/** Escapes Markdown in a file name. */
function plain(text: string): string {
  return text.replace(/[[\]()`#]/g, '\\$&');
}
