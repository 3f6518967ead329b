export { element } from './looks/element.js';

/** An element of the page itself, which index.html has to hold.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const node = document.getElementById(id);
  if (node instanceof kind) return node;
  throw new Error(`the page has no ${kind.name} "${id}"`);
}

/** @param {string} id */
export function part(id) {
  return byId(id, HTMLElement);
}

/** The button that was clicked, wherever in it. @param {Event} event */
export function clicked({ target }) {
  return target instanceof Element ? target.closest('button') : null;
}

/** What has the focus within a part of the page. @param {Element} within */
export function focusedIn(within) {
  const node = document.activeElement;
  return node instanceof HTMLElement && within.contains(node) ? node : undefined;
}
