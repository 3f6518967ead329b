import { image, picture } from './address.js';
import { element } from './element.js';

/** A file: an icon by its ending, the name, the size. */
export function fileCard(file) {
  const words = element('span', [element('b', file.fileName), element('small', bytes(file.size))]);
  const node = fetched(
    file,
    [element('span', (file.fileType || 'file').slice(0, 4).toUpperCase(), 'kind'), words],
    'file',
  );
  node.title = file.fileName;
  return node;
}

/** The picture alone, without a bubble. */
export function pictureOf({ file, content }, how) {
  return file ? image(file.url, file.fileName) : picture(content.photoURL ?? '', how.say('picture'), how);
}

/** A voice: its wave and length, longer the longer it is; a tap fetches it. What was recognised stands below. */
export function voiceOf({ file, content, msgtype }, how) {
  const seconds = secondsOf(content, msgtype);
  const wave = element('span', '', 'wave');
  wave.setAttribute('aria-hidden', 'true');
  const node = fetched(file, [wave, `${seconds}″`], 'voice');
  node.setAttribute('aria-label', how.say('voiceOf', seconds));
  node.style.minWidth = `${Math.min(220, 70 + seconds * 4)}px`;
  return node;
}

/** A video: its cover, a play mark, its length. */
export function videoOf({ file, content, msgtype }, how) {
  const length = lengthOf(secondsOf(content, msgtype));
  const cover = content.picMediaId ? [picture(content.picMediaId, '', how)] : [];
  const play = element('span', '▶', 'play');
  play.setAttribute('aria-hidden', 'true');
  const node = fetched(file, [...cover, play, element('span', length, 'length')], 'video');
  node.setAttribute('aria-label', how.say('videoOf', length));
  return node;
}

/** A link that fetches the file. */
function fetched(file, children, className) {
  const node = element('a', children, className);
  node.href = file.url;
  node.download = file.fileName;
  return node;
}

/** Voices of work notifications and videos of robots are told in seconds, all others in ms (messaging.md §3.7, §5.2). */
function secondsOf({ duration, videoMediaId }, msgtype) {
  const figure = Number(duration) || 0;
  return Math.max(1, Math.round(msgtype === 'voice' || videoMediaId ? figure : figure / 1000));
}

function lengthOf(seconds) {
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

function bytes(size) {
  if (size < 1024) return `${size} B`;
  if (size < 1024 ** 2) return `${(size / 1024).toFixed(1)} KB`;
  return size < 1024 ** 3 ? `${(size / 1024 ** 2).toFixed(1)} MB` : `${(size / 1024 ** 3).toFixed(2)} GB`;
}
