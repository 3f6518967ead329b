import { element } from './dom.js';
import { t } from './words.js';

/** A button that copies a text to the clipboard, and says so for a moment. */
export function copyButton(key, textOf) {
  const button = element('button', t(key), 'tool');
  button.type = 'button';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(textOf());
    button.textContent = t('copied');
    setTimeout(() => {
      button.textContent = t(key);
    }, 1500);
  });
  return button;
}
