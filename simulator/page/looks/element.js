/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {string | Node | (string | Node)[]} children
 * @param {string} [className]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(name, children, className) {
  const node = document.createElement(name);
  node.append(...[children].flat());
  if (className) node.className = className;
  return node;
}
