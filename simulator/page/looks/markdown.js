import { blocksOf } from './blocks.js';
import { element } from './element.js';
import { inline } from './inline.js';
import { mark } from './mark.js';

/** Tags that make a message blank on phones, in and out of code blocks (looks.md §0, fact 2). */
const BLANKS = /<(?!\/?(?:font|br|a)\b)\/?[a-z][^<>]*>/gi;

/**
 * A Markdown text as nodes: of a robot or a work notification as the client of `how.mode` shows it, of a card the same
 * everywhere (looks.md §1). `deadLinks`: on phones a card with one button takes every tap for it.
 */
export function markdown(text, how, { family = 'robot', deadLinks = false } = {}) {
  const onPhone = how.mode === 'phone' && family === 'robot';
  const blank = onPhone ? text.match(BLANKS) : null;
  if (blank) return [mark(how, 'raw-html', [...new Set(blank)].slice(0, MOST_NAMED).join(' '))];
  const draw = { how, family, onPhone, deadLinks: deadLinks && onPhone, tags: new Set() };
  const nodes = drawAll(blocksOf(text, family), draw);
  if (draw.tags.size > 0) nodes.push(mark(how, 'tag-lost', [...draw.tags].slice(0, MOST_NAMED).join(' ')));
  return nodes;
}

function drawAll(blocks, draw) {
  return blocks.flatMap((block) => BLOCKS[block.kind](block, draw));
}

const BLOCKS = {
  heading: ({ level, text }, draw) => element('p', inline(text, draw), `h h${level}`),
  paragraph: ({ text }, draw) => element('p', inline(text, draw)),
  quote: ({ blocks }, draw) => element('blockquote', drawAll(blocks, draw)),
  list: (block, draw) => listOf(block, draw),
  rule: ({ text }, draw) =>
    draw.onPhone ? [element('p', text), mark(draw.how, 'rule')] : document.createElement('hr'),
  definition: ({ text }, draw) =>
    draw.onPhone ? mark(draw.how, 'link-definition', text) : element('p', inline(text, draw)),
  table: (block, draw) => (draw.onPhone ? [raw(block), mark(draw.how, 'table')] : tableOf(block, draw)),
  fence: (block, draw) => (draw.onPhone ? [raw(block), mark(draw.how, 'code-fence')] : code(block, draw)),
};

function raw(block) {
  return element('p', block.raw.join('\n'), 'plain');
}

function listOf({ ordered, start, items }, draw) {
  const rows = items.map(({ text, lists }) =>
    element('li', [...inline(text, draw), ...lists.map((inner) => listOf(inner, draw))]),
  );
  const node = element(ordered ? 'ol' : 'ul', rows);
  if (node instanceof HTMLOListElement && start !== 1) node.start = start;
  return node;
}

function tableOf({ head, rows }, draw) {
  const row = (name, texts) =>
    element(
      'tr',
      texts.map((text) => element(name, inline(text, draw))),
    );
  const node = element('table', [row('th', head), ...rows.map((texts) => row('td', texts))]);
  return scrolling(element('div', node, 'wide'));
}

/** A robot's code block loses its leading blanks, and tags, entities and headings in it are taken as such; a card's is drawn as it is. */
function code({ lines }, draw) {
  if (draw.family === 'card') return scrolling(element('pre', element('code', lines.join('\n'))));
  const drawn = lines.flatMap((line) => {
    const [, marks = '', text = line] = /^\s*(#{1,6})\s+(.*)$/.exec(line) ?? [];
    const said = inline(text.trim(), { ...draw, how: { ...draw.how, names: undefined } });
    return marks === '' ? [...said, '\n'] : [element('span', said, `h h${marks.length}`), '\n'];
  });
  return scrolling(element('pre', element('code', drawn)));
}

/** A scrolling area must be reachable by keyboard. */
function scrolling(node) {
  node.tabIndex = 0;
  return node;
}

const MOST_NAMED = 5;
