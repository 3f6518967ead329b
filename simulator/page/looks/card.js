import { link } from './address.js';
import { element } from './element.js';
import { markdown } from './markdown.js';

/**
 * An interactive card. One of DingTalk's public templates is drawn; of another template the values are known only, by
 * their names, of which one that is a JSON list of `{text, id}` makes buttons.
 */
export function cardParts(message, how) {
  const { title, flow, nodes, buttons } = partsOf(message, how);
  const state = flow && flow !== 'finished' ? [element('span', how.say(flow), `flow ${flow}`)] : [];
  const row =
    buttons.length > 0
      ? [
          element(
            'div',
            buttons.map((button) => buttonOf(button, how)),
            'buttons',
          ),
        ]
      : [];
  return [...(title ? [element('p', title, 'card-title')] : []), ...nodes, ...state, ...row];
}

/** Has the card buttons, or a template that says that it has none? */
export function knowsButtons({ content, card }) {
  return card !== undefined || Object.values(content).some((value) => buttonList(value) !== undefined);
}

function partsOf({ content, card }, how) {
  const drawn = (text) => markdown(text, how, { family: 'card' });
  if (card) return { ...card, nodes: card.markdown.flatMap(drawn) };
  const values = Object.entries(content).filter(([name]) => name !== 'title');
  const rows = values
    .filter(([, value]) => buttonList(value) === undefined)
    .map(([name, value]) => element('div', [element('dt', name), element('dd', drawn(String(value)))]));
  return {
    title: content.title,
    flow: undefined,
    nodes: rows.length > 0 ? [element('dl', rows)] : [],
    buttons: values.flatMap(([, value]) => buttonList(value) ?? []),
  };
}

function buttonOf({ text, id, params, url, disabled }, how) {
  if (url) return link(url, text);
  const button = element('button', text);
  button.type = 'button';
  button.disabled = disabled === true || how.tap === undefined;
  button.addEventListener('click', () => how.tap?.(id, params));
  return button;
}

function buttonList(value) {
  if (typeof value !== 'string' || !value.startsWith('[')) return undefined;
  try {
    const list = JSON.parse(value);
    return Array.isArray(list) && list.every((entry) => entry?.id && entry?.text) ? list : undefined;
  } catch {
    return undefined;
  }
}
