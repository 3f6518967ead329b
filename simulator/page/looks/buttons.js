import { link } from './address.js';
import { element } from './element.js';

/** The spellings differ by API and even by template (messaging.md §2.2, §3.7, §5.2). */
export function buttonsOf(content) {
  const single = buttonOf(content.singleTitle ?? content.single_title, content.singleURL ?? content.single_url);
  if (single.length > 0) return single;
  const many = (content.btns ?? content.btn_json_list ?? []).flatMap((button) =>
    buttonOf(button.title, button.actionURL ?? button.action_url),
  );
  const numbered = [1, 2, 3, 4, 5].flatMap((n) =>
    buttonOf(
      content[`actionTitle${n}`] ?? content[`buttonTitle${n}`],
      content[`actionURL${n}`] ?? content[`buttonUrl${n}`],
    ),
  );
  return [...many, ...numbered];
}

function buttonOf(label, address) {
  return label && address ? [{ label, address }] : [];
}

/**
 * One is a row with its label left and a chevron; several stand blue in the middle of a row each; two may stand side by
 * side, three were drawn below each other whatever was asked for (looks.md §3).
 */
export function buttonRows(content) {
  const buttons = buttonsOf(content);
  const asked = String(content.btnOrientation ?? content.btn_orientation ?? (content.buttonTitle1 ? '1' : '0'));
  const [only] = buttons;
  if (!only) return [];
  if (buttons.length === 1) return [link(only.address, element('span', only.label), 'row-button one')];
  const rows = buttons.map(({ label, address }) => link(address, label, 'row-button'));
  return asked === '1' && rows.length === 2 ? [element('div', rows, 'halves')] : rows;
}
