import { expect } from 'vitest';
import type { stackClient } from './stack-client.ts';

type Client = Pick<Awaited<ReturnType<typeof stackClient>>, 'api' | 'sim' | 'messagesIn'>;
export type Shown = { text: string; at: string; via: string; recalled: boolean; id: string; conversation: string };

/** A custom robot of its own in the simulator and its destination, with a minute of `windowMs`: nobody else uses it up. */
export async function robotOf({ api, sim, messagesIn }: Client, name: string, windowMs: number) {
  const conversation = `cid${name}=`;
  await sim('POST', '/groups', { openConversationId: conversation, title: name, members: ['zhangsan', 'lisi'] });
  await sim('POST', '/robots', { accessToken: `robot-${name}`, conversation, name });
  const pace = { messages: 20, perMs: windowMs };
  // it wants neither a signature nor a keyword, so that a text may take several parts
  const robot = { kind: 'custom-robot', accessToken: `robot-${name}`, keyword: '', pace };
  expect((await api('PUT', `/destinations/${name}`, robot)).status).toBe(200);
  return { conversation, shown: async (): Promise<Shown[]> => messagesIn(conversation) };
}
