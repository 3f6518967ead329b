import { flagIn, type JsonObject, objectIn, textIn } from '../../json.ts';
import { deliver } from '../../world/delivery.ts';
import type { CardSummary } from '../../world/message.ts';
import type { Card } from '../../world/records.ts';
import { isOff, type RefusalId } from '../../world/refusals.ts';
import type { State } from '../../world/state.ts';
import { type App, groupById, personById } from '../../world/tenant.ts';
import { queryKey } from '../robot/app-robot.ts';
import { refusedCard } from './refusal.ts';
import { cardViewOf } from './templates.ts';

type Space = { spaceType: 'IM_GROUP' | 'IM_ROBOT'; spaceId: string };

/** Where a card is to be shown; several spaces are joined by `;` (messaging.md §7.1). */
export function spacesOf(state: State, body: JsonObject): Space[] {
  return (textIn(body, 'openSpaceId') ?? '').split(';').map((space) => {
    const found = /^dtv1\.card\/\/(IM_GROUP|IM_ROBOT)\.(.+)$/i.exec(space);
    const [, type = '', spaceId = ''] = found ?? [];
    const spaceType = type.toUpperCase() === 'IM_GROUP' ? 'IM_GROUP' : 'IM_ROBOT';
    const known = spaceType === 'IM_GROUP' ? groupById(state.tenant, spaceId) : personById(state.tenant, spaceId);
    if (!found || !known) throw refusedCard('card.space', 'param.openSpaceIdInvalid');
    return { spaceType, spaceId };
  });
}

type Asked = { body: JsonObject; app: App };

/**
 * Shows the card in each space. The call succeeds even if a space fails: each has its own `success` (messaging.md
 * §7.1).
 */
export function deliverCard(state: State, card: Card, spaces: Space[], { body, app }: Asked) {
  return spaces.map(({ spaceType, spaceId }) => {
    const errorMsg = objection(state, card, { spaceType, spaceId }, { body, app });
    if (errorMsg) return { spaceType, spaceId, success: false, errorMsg };
    // in these spaces the carrier is a message, and its id asks and recalls as a processQueryKey does (messaging.md §7.1)
    const carrierId = queryKey(state);
    const view = cardViewOf(state, card);
    const summary = summaryOf(spaceType, body);
    deliver(
      state,
      { msgtype: 'card', text: Object.values(card.params).join('\n'), content: card.params },
      {
        conversation: spaceId,
        via: 'app-robot',
        sender: app.name,
        key: carrierId,
        outTrackId: card.outTrackId,
        ...(view ? { card: view } : {}),
        ...(summary ? { summary } : {}),
        mentions: mentioned(state, { spaceType, spaceId }, body),
      },
    );
    return { spaceType, spaceId, success: true, carrierId };
  });
}

/** What each kind of space needs (messaging.md §7.1); the words are ours, since none are documented. */
function objection(state: State, card: Card, { spaceType, spaceId }: Space, { body, app }: Asked) {
  const names =
    spaceType === 'IM_GROUP'
      ? (['imGroupOpenSpaceModel', 'imGroupOpenDeliverModel'] as const)
      : (['imRobotOpenSpaceModel', 'imRobotOpenDeliverModel'] as const);
  const [space, delivery] = [card.spaceModels[names[0]], objectIn(body, names[1])];
  const off = (id: RefusalId) => isOff(state, id);
  if (typeof space?.supportForward !== 'boolean' && !off('card.space-model'))
    return `${names[0]}.supportForward is missing`;
  if (!delivery) return off('card.delivery-model') ? undefined : `${names[1]} is missing`;
  const robotCode = textIn(delivery, 'robotCode');
  if (spaceType === 'IM_GROUP' && !robotCode && !off('card.no-robot'))
    return 'imGroupOpenDeliverModel.robotCode is missing';
  if (robotCode && robotCode !== app.robotCode && !off('card.foreign-robot'))
    return `robotCode ${robotCode} is not the app's robot`;
  if (groupById(state.tenant, spaceId)?.dissolved && !off('card.group-dissolved')) return 'the group is dissolved';
  return undefined;
}

/** `atUserIds` maps a userId to a name; "@ALL" is everybody (messaging.md §7.1); said to have no effect (interactive.md §1). */
function mentioned(state: State, { spaceType, spaceId }: Space, body: JsonObject): string[] {
  const members = groupById(state.tenant, spaceId)?.members ?? [];
  const at = objectIn(objectIn(body, 'imGroupOpenDeliverModel'), 'atUserIds') ?? {};
  if (spaceType === 'IM_ROBOT' || !state.settings.mentions.cardsNotify) return [];
  return '@ALL' in at ? [...members] : members.filter((member) => member in at);
}

/** What is said for the chat list and the push stands in the model of the space (looks.md §4). */
function summaryOf(spaceType: Space['spaceType'], body: JsonObject): CardSummary | undefined {
  const model = objectIn(body, spaceType === 'IM_GROUP' ? 'imGroupOpenSpaceModel' : 'imRobotOpenSpaceModel');
  const list = objectIn(model, 'lastMessageI18n');
  const notification = objectIn(model, 'notification');
  const alert = textIn(notification, 'alertContent');
  const off = flagIn(notification, 'notificationOff');
  if (!list && alert === undefined && !off) return undefined;
  return { ...(list ? { list } : {}), ...(alert === undefined ? {} : { alert }), ...(off ? { off } : {}) };
}

/** What a card says of its spaces when it is created; the delivery may come in a second call (messaging.md §7.1). */
export function spaceModelsOf(body: JsonObject): Card['spaceModels'] {
  const models: Card['spaceModels'] = {};
  for (const name of ['imGroupOpenSpaceModel', 'imRobotOpenSpaceModel'] as const) {
    const model = objectIn(body, name);
    if (model) models[name] = { supportForward: flagIn(model, 'supportForward') };
    if (model && model.supportForward === undefined) delete models[name];
  }
  return models;
}
