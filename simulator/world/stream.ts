/** What an app wants to hear over a connection (callbacks.md §8). */
export type Subscription = { type: 'EVENT' | 'CALLBACK' | 'SYSTEM'; topic: string };

export type StreamTicket = { appKey: string; subscriptions: Subscription[]; expiresAt: number };

/** An open WebSocket of an app; `half-open` is one that is dead without either side having heard of it. */
export type StreamConnection = {
  id: string;
  appKey: string;
  subscriptions: Subscription[];
  since: string;
  state: 'open' | 'leaving' | 'half-open';
  /** Messages that wait for their answer. */
  waiting: Map<string, { settle: (answer: StreamAnswer) => void; fail: (error: Error) => void }>;
  write(frame: string): void;
  /** Ends it: with a closing handshake, or by cutting the line. */
  end(how: 'close' | 'cut'): void;
};

export type StreamAnswer = { code: number; data: string };

/** The connections over which an app hears of this; none while all its connections are being taken down. */
export function listeners(
  streams: StreamConnection[],
  appKey: string,
  type: Subscription['type'],
  topic: string,
): StreamConnection[] {
  return streams.filter(
    (connection) =>
      connection.appKey === appKey &&
      connection.state !== 'leaving' &&
      connection.subscriptions.some((each) => each.type === type && each.topic === topic),
  );
}

export const ROBOT_TOPIC = '/v1.0/im/bot/messages/get';

export const CARD_TOPIC = '/v1.0/card/instances/callback';

/** Events have the star only (callbacks.md §8). */
export const EVENT_TOPIC = '*';
