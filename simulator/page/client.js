import { clicked, part } from './dom.js';

/** Which of DingTalk's clients the page plays: a desktop, or the worst that phones were seen to do. */
const buttons = part('client');
/** @type {'desktop' | 'phone'} */
let mode = localStorage.getItem('client') === 'phone' ? 'phone' : 'desktop';

export function client() {
  return mode;
}

/** Calls `change` when another one is chosen. */
export function onClient(change) {
  press();
  buttons.addEventListener('click', (event) => {
    const chosen = clicked(event)?.value === 'phone' ? 'phone' : 'desktop';
    if (!clicked(event) || chosen === mode) return;
    mode = chosen;
    localStorage.setItem('client', mode);
    press();
    change();
  });
}

function press() {
  for (const button of buttons.querySelectorAll('button'))
    button.setAttribute('aria-pressed', String(button.value === mode));
}
