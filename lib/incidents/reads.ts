import type { MessageStore } from '../messages/store.ts';
import { type Incident, toldOf } from './incident.ts';

/** What people read of what the robot of an app told them one to one, as far as DingTalk's events say. */
export type Reads = {
  /** What these people read is kept from now on, for a while. */
  watch(app: string, people: readonly string[]): Promise<void>;
  /** Keeps that somebody read the message with DingTalk's key, if they are watched. */
  keep(app: string, userId: string, key: string): Promise<void>;
  /** Who of these people read one of the messages with these keys. */
  readersOf(app: string, people: readonly string[], keys: readonly string[]): Promise<string[]>;
};

export type ReadersDeps = { messages: Pick<MessageStore, 'states'>; reads: Pick<Reads, 'readersOf'> };

/** Who of the next people read what they were told since it fired last for a new time. That makes it nobody's. */
export async function readersOf({ messages, reads }: ReadersDeps, incident: Incident): Promise<string[]> {
  const { app } = incident;
  const told = toldOf(incident);
  const left = told.people.filter((userId) => !told.read.includes(userId));
  if (app === undefined || left.length === 0) return told.read;
  const states = [...(await messages.states(told.messages)).values()];
  const keys = states.flatMap(({ deliveries }) => Object.values(deliveries).flatMap(({ receipts }) => receipts));
  return [...told.read, ...(keys.length === 0 ? [] : await reads.readersOf(app, left, keys))];
}
