import { defined } from '../../base/defined.ts';
import { ServiceError } from '../../base/errors.ts';
import type { Content } from '../content.ts';

type Msg = Record<string, unknown>;

/** `msg` of work notifications and of the legacy group calls (messaging.md §5.2; snake_case but for link). */
export function notificationBody(content: Content): Msg {
  switch (content.kind) {
    case 'text':
      return { msgtype: 'text', text: { content: content.text } };
    case 'markdown':
      return { msgtype: 'markdown', markdown: { title: content.title, text: content.text } };
    case 'link': {
      const { title, text, url, pictureUrl } = content;
      return { msgtype: 'link', link: { title, text, messageUrl: url, picUrl: pictureUrl ?? '' } };
    }
    case 'actionCard':
      return { msgtype: 'action_card', action_card: actionCard(content) };
    case 'image':
    case 'file':
      return { msgtype: content.kind, [content.kind]: { media_id: content.mediaId } };
    case 'voice': {
      const seconds = Math.max(1, Math.round(content.durationMs / 1000));
      return { msgtype: 'voice', voice: { media_id: content.mediaId, duration: String(Math.min(59, seconds)) } };
    }
    case 'oa':
      return { msgtype: 'oa', oa: oa(content) };
    default:
      throw new ServiceError('messages.render', { code: 'content_not_carried', retryable: false });
  }
}

function actionCard({ title, text, buttons, orientation }: Extract<Content, { kind: 'actionCard' }>): Msg {
  const [first, ...more] = buttons;
  if (first && more.length === 0) return { title, markdown: text, single_title: first.title, single_url: first.url };
  return {
    title,
    markdown: text,
    btn_orientation: orientation === 'horizontal' ? '1' : '0',
    btn_json_list: buttons.map((button) => ({ title: button.title, action_url: button.url })),
  };
}

function oa({ url, pcUrl, head, status, body }: Extract<Content, { kind: 'oa' }>): Msg {
  const { imageMediaId, fileCount, ...rest } = body;
  return defined({
    message_url: url,
    pc_message_url: pcUrl,
    head: { bgcolor: head.color, text: head.text },
    status_bar: status && defined({ status_value: status.text, status_bg: status.color && `0x${status.color}` }),
    body: defined({ ...rest, image: imageMediaId, file_count: fileCount?.toString() }),
  });
}
