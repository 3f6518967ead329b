import type { Language } from '../../base/language.ts';
import { when } from '../../base/people/local-time.ts';
import type { Content } from '../../messages/content.ts';
import { asLine, asMarkdown } from '../../messages/text/plain.ts';
import { shortened } from '../../messages/text/tokens.ts';
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
    `### ${asLine(fileName)}`,
    asMarkdown(caption ?? ''),
    `${readableSize(size)} · ${words.validUntil(when(expiresAt, timeZone))}`,
  ];
  return {
    kind: 'actionCard',
    title: shortened(fileName, TITLE_CHARS),
    text: lines.filter(Boolean).join('\n\n'),
    buttons: [{ title: words.download, url }],
  };
}

/** A picture in a message of a robot that carries no files, with a link to the file below. */
export function pictureMessage(
  mediaId: string,
  { fileName, url, caption }: Omit<DownloadCard, 'size' | 'expiresAt'>,
): Content {
  const lines = [`![${asLine(fileName)}](${mediaId})`, asMarkdown(caption ?? ''), `[${asLine(fileName)}](${url})`];
  return { kind: 'markdown', title: shortened(fileName, TITLE_CHARS), text: lines.filter(Boolean).join('\n\n') };
}
