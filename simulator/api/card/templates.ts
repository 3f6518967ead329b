import { isObject, type JsonObject, objectIn, parseObject, textIn } from '../../json.ts';
import type { CardButton, CardView } from '../../world/message.ts';
import type { Card } from '../../world/records.ts';
import type { State } from '../../world/state.ts';

/**
 * What the clients draw of DingTalk's public templates (interactive.md §2.1). Of any other template only its values are
 * known: undefined.
 */
export function cardViewOf(state: State, { templateId, params }: Card): CardView | undefined {
  return templates[templateId]?.(params, state);
}

/** Is it a template of DingTalk's whose taps were seen by Stream only (interactive.md §2.1)? */
export function isOfficial(templateId: string): boolean {
  return templateId in templates;
}

/** Has it a `flowStatus`, which streaming moves on (interactive.md §2.1)? */
export function flows(templateId: string): boolean {
  return templateId === AI_CARD || templateId === AI_STREAM;
}

const AI_CARD = '382e4302-551d-4880-bf29-a30acfab2e71.schema';

const AI_STREAM = '02fcf2f4-5e02-4a85-b672-46d1f715543e.schema';

type Draw = (params: JsonObject, state: State) => CardView;

const templates: Record<string, Draw | undefined> = {
  '589420e2-c1e2-46ef-a5ed-b8728e654da9.schema': (params) => ({
    ...titled(params, 'title'),
    markdown: texts(params, 'markdown'),
    buttons: [],
  }),
  '1366a1eb-bc54-4859-ac88-517c56a9acb1.schema': (params, state) => ({
    ...titled(params, 'title'),
    markdown: texts(params, 'markdown', 'tips'),
    // that its buttons can call back is unproven
    buttons: buttonsOf(params, state.settings.cards.linkTemplateCallsBack),
  }),
  [AI_CARD]: aiCard,
  [AI_STREAM]: aiCard,
  'dac1dbec-55af-40c3-be91-6d6882ef3b66.schema': ({ status }) => ({
    markdown: [],
    buttons:
      status === '待处理'
        ? [
            { text: '同意', id: 'accept', params: { action: 'accept' } },
            { text: '拒绝', id: 'reject', params: { action: 'reject' } },
          ]
        : [{ text: String(status ?? ''), disabled: true }],
  }),
};

/** In the order that `sys_full_json_obj` names; without one, all there is. */
function aiCard(params: JsonObject): CardView {
  const order = parseObject(textIn(params, 'sys_full_json_obj') ?? '')?.order;
  const wanted = (name: string) => !Array.isArray(order) || order.includes(name);
  const flow = FLOW[textIn(params, 'flowStatus') ?? ''];
  return {
    ...(wanted('msgTitle') ? titled(params, 'msgTitle') : {}),
    markdown: ['msgContent', 'staticMsgContent'].filter(wanted).flatMap((name) => texts(params, name)),
    buttons: wanted('msgButtons') ? buttonsOf(params, true) : [],
    ...(flow ? { flow } : {}),
  };
}

/** `request: true` calls back with the button's own id; else it opens its address. */
function buttonsOf(params: JsonObject, callsBack: boolean): CardButton[] {
  const full = parseObject(textIn(params, 'sys_full_json_obj') ?? '');
  const list = Array.isArray(full?.msgButtons) ? full.msgButtons : [];
  return list.filter(isObject).flatMap((button): CardButton[] => {
    const text = textIn(button, 'text');
    const [id, url] = [textIn(button, 'id'), textIn(button, 'url')];
    if (text === undefined) return [];
    if (callsBack && button.request === true && id !== undefined)
      return [{ text, id, params: objectIn(button, 'params') ?? {} }];
    return [url === undefined ? { text, disabled: true } : { text, url }];
  });
}

function titled(params: JsonObject, name: string): { title?: string } {
  const title = textIn(params, name);
  return title === undefined ? {} : { title };
}

function texts(params: JsonObject, ...names: string[]): string[] {
  return names.flatMap((name) => textIn(params, name) ?? []);
}

const FLOW: Record<string, CardView['flow'] | undefined> = {
  1: 'processing',
  2: 'typing',
  3: 'finished',
  4: 'executing',
  5: 'failed',
};
