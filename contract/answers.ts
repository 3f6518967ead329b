import * as v from 'valibot';
import { Share, Target } from '../lib/files/share/share.ts';
import { Delivery, DeliveryStatus } from '../lib/messages/message.ts';
import { Task } from '../lib/tasks/task.ts';

// What the routes answer, as schemas; a test holds real answers against them.

const text = v.string();
const Self = v.object({ self: text });

export const MessageView = v.object({
  id: text,
  status: DeliveryStatus,
  createdAt: text,
  expiresAt: v.optional(text),
  deliveries: v.optional(v.array(v.object({ destination: text, ...Delivery.entries }))),
  links: Self,
});
export const MessageList = v.object({ messages: v.array(MessageView), cursor: v.optional(text) });

export const Recalled = v.object({
  id: text,
  deliveries: v.array(
    v.object({ destination: text, outcome: v.picklist(['recalled', 'not_recalled']), reason: v.optional(text) }),
  ),
});
export const Receipts = v.object({
  id: text,
  deliveries: v.array(
    v.object({
      destination: text,
      read: v.optional(v.array(text)),
      unread: v.optional(v.array(text)),
      notReached: v.optional(v.array(text)),
      reason: v.optional(text),
    }),
  ),
});

const { requestHash: _, caller: __, rows: $, todo: $$, reached: $$$, ...taskEntries } = Task.entries;
export const TaskView = v.object({
  ...taskEntries,
  links: v.object({ ...Self.entries, message: v.optional(text), pages: v.record(text, text) }),
});

export const TaskList = v.object({ tasks: v.array(TaskView), cursor: v.optional(text) });

export const UploadView = v.object({
  id: text,
  upload: v.object({
    method: v.literal('PUT'),
    url: text,
    headers: v.record(text, text),
    expiresAt: text,
  }),
  links: Self,
});

const { messageIds: ___, ...targetEntries } = Target.entries;
const { requestHash: ____, linkId: _____, link: ______, targets: _______, ...shareEntries } = Share.entries;
export const ShareView = v.object({
  ...shareEntries,
  targets: v.array(
    v.object({ ...targetEntries, drive: v.optional(v.looseObject({})), links: v.object({ messages: v.array(text) }) }),
  ),
  link: v.optional(
    v.object({
      url: text,
      expiresAt: text,
      maxViews: v.optional(v.number()),
      views: v.number(),
      revokedAt: v.optional(text),
    }),
  ),
  links: Self,
});
export const ShareList = v.object({ shares: v.array(ShareView), cursor: v.optional(text) });

/** Without its secrets: `signs` says whether a robot has one. */
export const DestinationView = v.looseObject({ name: text, kind: text, signs: v.optional(v.boolean()) });

export const ConversationList = v.object({
  items: v.array(
    v.object({
      app: text,
      openConversationId: text,
      chatId: v.optional(text),
      title: v.optional(text),
      owner: v.optional(text),
      knownMembers: v.number(),
      heardAt: text,
    }),
  ),
});

export const Health = v.object({ status: v.literal('ok') });

export const Problem = v.object({
  type: v.literal('about:blank'),
  title: text,
  status: v.number(),
  code: text,
  remedy: text,
  errors: v.optional(v.array(v.object({ path: text, code: text, message: text }))),
});
