import * as v from 'valibot';
import { DeliveryStatus, DeliveryView, Warning } from '../records/messages.ts';
import { Links } from './links.ts';

export const MessageView = v.object({
  id: v.string(),
  status: DeliveryStatus,
  createdAt: v.string(),
  sendAt: v.optional(v.string()),
  expiresAt: v.optional(v.string()),
  deliveries: v.optional(v.array(DeliveryView)),
  warnings: v.optional(v.array(Warning)),
  links: Links,
});
export type MessageView = v.InferOutput<typeof MessageView>;

export const MessageList = v.object({ messages: v.array(MessageView), cursor: v.optional(v.string()) });
export type MessageList = v.InferOutput<typeof MessageList>;

export const Recall = v.object({
  destination: v.string(),
  outcome: v.picklist(['recalled', 'not_recalled']),
  reason: v.optional(v.string()),
});

export const Recalled = v.object({ id: v.string(), deliveries: v.array(Recall) });
export type Recalled = v.InferOutput<typeof Recalled>;

export const MessageChange = v.object({
  destination: v.string(),
  outcome: v.picklist(['changed', 'not_changed']),
  reason: v.optional(v.string()),
});

export const MessageChanged = v.object({ id: v.string(), deliveries: v.array(MessageChange) });
export type MessageChanged = v.InferOutput<typeof MessageChanged>;

const people = v.optional(v.array(v.string()));

export const Readers = v.object({
  destination: v.string(),
  read: people,
  unread: people,
  notReached: people,
  reason: v.optional(v.string()),
});

export const Receipts = v.object({ id: v.string(), deliveries: v.array(Readers) });
export type Receipts = v.InferOutput<typeof Receipts>;
