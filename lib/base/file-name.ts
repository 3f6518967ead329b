/** The longest ending of a name that is kept when the name is cut, its dot included. */
const EXTENSION_CHARS = 16;

/** A file name without `unsafe` characters, cut where it does not fit; its extension stays. */
export function cleanFileName(name: string, unsafe: RegExp, fits: (name: string) => boolean): string {
  const clean = name.toWellFormed().replaceAll(unsafe, '').trim().replace(/\.+$/, '');
  if (fits(clean)) return clean;
  const dot = clean.lastIndexOf('.');
  const extension = dot > 0 && clean.length - dot <= EXTENSION_CHARS ? clean.slice(dot) : '';
  let stem = '';
  for (const { segment } of new Intl.Segmenter().segment(clean.slice(0, clean.length - extension.length))) {
    if (!fits(stem + segment + extension)) break;
    stem += segment;
  }
  return stem + extension;
}
