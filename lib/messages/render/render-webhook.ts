import { ServiceError } from '../../base/errors.ts';
import type { Content } from '../content.ts';

/** Body of /robot/send (messaging.md §2.2; mind `messageUrl` beside `singleURL` and `messageURL`). */
export function webhookBody(content: Content): Record<string, unknown> {
  switch (content.kind) {
    case 'text':
      return { msgtype: 'text', text: { content: content.text } };
    case 'markdown':
      return { msgtype: 'markdown', markdown: { title: content.title, text: content.text } };
    case 'link': {
      const { title, text, url, pictureUrl } = content;
      return { msgtype: 'link', link: { title, text, messageUrl: url, ...(pictureUrl && { picUrl: pictureUrl }) } };
    }
    case 'actionCard': {
      const { title, text, buttons, orientation } = content;
      const [first, ...more] = buttons;
      const pressed =
        first && more.length === 0
          ? { singleTitle: first.title, singleURL: first.url }
          : {
              btnOrientation: orientation === 'horizontal' ? '1' : '0',
              btns: buttons.map((button) => ({ title: button.title, actionURL: button.url })),
            };
      return { msgtype: 'actionCard', actionCard: { title, text, ...pressed } };
    }
    case 'feedCard': {
      const links = content.items.map(({ title, url, pictureUrl }) => ({ title, messageURL: url, picURL: pictureUrl }));
      return { msgtype: 'feedCard', feedCard: { links } };
    }
    default:
      throw new ServiceError('messages.render', { code: 'content_not_carried', retryable: false });
  }
}
