import { type Message, overallStatus } from './message.ts';

export type MessageView = ReturnType<typeof messageView>;

/** A message as callers see it. */
export function messageView(message: Message) {
  const { id, createdAt, expiresAt, deliveries } = message;
  return {
    id,
    status: overallStatus(message),
    createdAt,
    ...(expiresAt !== undefined && { expiresAt }),
    deliveries: Object.entries(deliveries).map(([destination, delivery]) => ({ destination, ...delivery })),
    links: { self: `/messages/${id}` },
  };
}
