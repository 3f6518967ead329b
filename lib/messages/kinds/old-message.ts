import { CONTENT_KINDS } from '../../../contract/contents.ts';
import { notificationBody } from '../render/render-notification.ts';
import type { Kind } from './kind.ts';

/** What work notifications and the legacy group calls share: the shapes of their messages, and so their limits (messaging.md §5, §6). */
export const OLD_MESSAGE = {
  carries: CONTENT_KINDS.filter((kind) => kind !== 'feedCard' && kind !== 'card'),
  mentions: [],
  maxButtons: 10,
  maxBytes: 2_048,
  linkNeedsPicture: true,
  /** Of files of at most 10 MB (files.md §6.4). */
  maxFileBytes: 10_000_000,
  quota: 'api',
  render(content) {
    const msg = notificationBody(content);
    return { form: 'msg', msg, measured: msg };
  },
} satisfies Partial<Kind>;
