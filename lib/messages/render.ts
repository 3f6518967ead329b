import type { Content } from './content.ts';
import type { Destination } from './destination.ts';
import { atList, type Mention, mentionsAnybody, withVisibleMentions } from './mention.ts';

type Json = Record<string, unknown>;

/** A message as DingTalk takes it. `measured` is the part whose UTF-8 bytes DingTalk limits. */
export type Rendered =
  | { form: 'webhook'; body: Json; measured: Json }
  | { form: 'robot'; msgKey: string; msgParam: Record<string, string>; measured: Json }
  | { form: 'msg'; msg: Json; measured: Json };

/** Writes a content the way its destination wants it; which pairs exist is `CARRIERS`' business. */
export function renderFor(destination: Destination, content: Content, mention?: Mention): Rendered {
  const visible = withVisibleMentions(content, mention);
  switch (destination.kind) {
    case 'custom-robot': {
      const body = { ...webhookBody(visible), ...(mentionsAnybody(mention) && { at: atList(mention) }) };
      return { form: 'webhook', body, measured: body };
    }
    case 'robot-group':
    case 'robot-users': {
      const { msgKey, msgParam } = robotMessage(visible);
      return { form: 'robot', msgKey, msgParam, measured: msgParam };
    }
    default: {
      const msg = oldMessage(visible);
      return { form: 'msg', msg, measured: msg };
    }
  }
}

/** Body of /robot/send (messaging.md §2.2; mind `messageUrl` beside `singleURL`). */
function webhookBody(content: Content): Json {
  switch (content.kind) {
    case 'text':
      return { msgtype: 'text', text: { content: content.text } };
    case 'markdown':
      return { msgtype: 'markdown', markdown: { title: content.title, text: content.text } };
    case 'link':
      return {
        msgtype: 'link',
        link: { title: content.title, text: content.text, messageUrl: content.url, picUrl: content.pictureUrl ?? '' },
      };
    case 'actionCard':
      return {
        msgtype: 'actionCard',
        actionCard: {
          title: content.title,
          text: content.text,
          singleTitle: content.button.title,
          singleURL: content.button.url,
        },
      };
    default:
      return { msgtype: content.kind, [content.kind]: { mediaId: content.mediaId } };
  }
}

/** msgKey and msgParam of the app robot (messaging.md §3.7); every value is a string. */
function robotMessage(content: Content): { msgKey: string; msgParam: Record<string, string> } {
  switch (content.kind) {
    case 'text':
      return { msgKey: 'sampleText', msgParam: { content: content.text } };
    case 'markdown':
      return { msgKey: 'sampleMarkdown', msgParam: { title: content.title, text: content.text } };
    case 'link':
      return {
        msgKey: 'sampleLink',
        msgParam: {
          title: content.title,
          text: content.text,
          messageUrl: content.url,
          picUrl: content.pictureUrl ?? '',
        },
      };
    case 'actionCard':
      return {
        msgKey: 'sampleActionCard',
        msgParam: {
          title: content.title,
          text: content.text,
          singleTitle: content.button.title,
          singleURL: content.button.url,
        },
      };
    case 'image':
      return { msgKey: 'sampleImageMsg', msgParam: { photoURL: content.mediaId } };
    case 'file':
      return {
        msgKey: 'sampleFile',
        msgParam: { mediaId: content.mediaId, fileName: content.fileName, fileType: extensionOf(content.fileName) },
      };
  }
}

/** `msg` of work notifications and of the legacy group calls (messaging.md §5.2; snake_case but for link). */
function oldMessage(content: Content): Json {
  switch (content.kind) {
    case 'text':
      return { msgtype: 'text', text: { content: content.text } };
    case 'markdown':
      return { msgtype: 'markdown', markdown: { title: content.title, text: content.text } };
    case 'link':
      return {
        msgtype: 'link',
        link: { title: content.title, text: content.text, messageUrl: content.url, picUrl: content.pictureUrl ?? '' },
      };
    case 'actionCard':
      return {
        msgtype: 'action_card',
        action_card: {
          title: content.title,
          markdown: content.text,
          single_title: content.button.title,
          single_url: content.button.url,
        },
      };
    default:
      return { msgtype: content.kind, [content.kind]: { media_id: content.mediaId } };
  }
}

/** fileType drives the icon and the suffix on the phone; `file` when a name has none (files.md §6.1). */
function extensionOf(fileName: string): string {
  const dot = fileName.lastIndexOf('.');
  return dot > 0 && dot < fileName.length - 1 ? fileName.slice(dot + 1).toLowerCase() : 'file';
}
