import { byId, element, part } from './dom.js';
import { bubble, listLine, pushPreview } from './looks/looks.js';
import { seenBy } from './seen.js';
import { t } from './words.js';

/** A message as a desktop and as the worst phone show it: its bubble, its line in the chat list, its push. */
const dialog = byId('compare', HTMLDialogElement);
part('compare-close').addEventListener('click', () => dialog.close());

/** @param {import('./world.js').Message} message @param {string} userId */
export function compare(message, userId) {
  part('compare-columns').replaceChildren(...['desktop', 'phone'].map((mode) => column(message, userId, mode)));
  if (!dialog.open) dialog.showModal();
}

function column(message, userId, mode) {
  const how = seenBy(message, userId, mode);
  const preview = pushPreview(message, how);
  const push = preview
    ? element('p', [element('b', preview.title), element('span', preview.text)], 'push-preview')
    : element('p', t('noPush'), 'push-preview');
  const { flag, text } = listLine(message, how);
  return element(
    'section',
    [
      element('h3', t(mode)),
      element('div', bubble(message, how), 'stage'),
      element('h4', t('inList')),
      element('p', [...(flag ? [element('span', flag, 'flag')] : []), text], 'list-line'),
      element('h4', t('asPush')),
      push,
    ],
    `look-column ${mode}`,
  );
}
