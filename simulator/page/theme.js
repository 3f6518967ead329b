import { part } from './dom.js';
import { t } from './words.js';

/** Light, dark, or the system's setting, which is the default. */
const themes = ['auto', 'light', 'dark'];
const button = part('theme');
let theme = themes.find((name) => name === localStorage.getItem('theme')) ?? 'auto';

button.addEventListener('click', () => {
  theme = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto';
  localStorage.setItem('theme', theme);
  dress();
});

export function dress() {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  button.textContent = t(`theme_${theme}`);
}
