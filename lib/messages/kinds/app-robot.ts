import type { RobotMessage } from '../../dingtalk/robot.ts';
import { MAX_ROBOT_BUTTONS, robotBody } from '../render/render-robot.ts';
import { type Apps, type Kind, notCarried, type Rendered, type Sent, type Space } from './kind.ts';

/** What the robot of an app can, in a group and to people one to one (messaging.md §3). */
export const APP_ROBOT = {
  carries: ['text', 'markdown', 'link', 'actionCard', 'image', 'voice', 'file', 'card', 'cardChange'],
  mentions: [],
  maxButtons: MAX_ROBOT_BUTTONS,
  maxBytes: 15_000,
  quota: 'api',
  render(content) {
    if (content.kind === 'cardChange') return { form: 'cardChange', ...content, measured: content.params };
    if (content.kind === 'card') return { form: 'card', ...content, measured: content.params };
    const { msgKey, msgParam } = robotBody(content);
    return { form: 'robot', msgKey, msgParam, measured: msgParam };
  },
} satisfies Partial<Kind>;

/** A card, the change of one, or else a message by `say`. A card's own id is what changes it later. */
export async function showOrSay(
  { cards }: ReturnType<Apps<'cards'>>,
  { rendered, uuid: outTrackId }: { rendered: Rendered; uuid: string },
  to: Space[],
  say: (body: RobotMessage) => Promise<Sent>,
): Promise<Sent> {
  switch (rendered.form) {
    case 'robot':
      return say({ msgKey: rendered.msgKey, msgParam: rendered.msgParam });
    case 'card': {
      const { templateId, routeKey, params } = rendered;
      // DingTalk shows a repeat with the same id once
      await cards.createAndDeliver({ outTrackId, templateId, routeKey, params, to });
      return { receipt: outTrackId };
    }
    case 'cardChange':
      await cards.update({ outTrackId, params: rendered.params });
      return { receipt: outTrackId };
    default:
      throw notCarried();
  }
}
