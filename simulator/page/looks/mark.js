import { element } from './element.js';

/** What is not shown, or not as it was written, with the reason: it stands where the thing would have stood. */
export function mark(how, reason, what = '') {
  const node = element('span', how.say(reason, what), 'lost');
  node.dataset.lost = reason;
  return node;
}
