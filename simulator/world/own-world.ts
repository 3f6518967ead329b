import type { Settings } from './settings.ts';
import type { App, CustomRobot, Group, Outsider, Person } from './tenant.ts';

/** Of each thing what tells it apart; the rest has a default. */
type Of<T, Key extends keyof T> = Pick<T, Key> & Partial<T>;

/** A world of one's own, added to the built-in one; an item with the same id takes the place of the built-in one. */
export type Fixtures = {
  people?: Of<Person, 'userId'>[];
  outsiders?: Of<Outsider, 'unionId'>[];
  groups?: Of<Group, 'openConversationId'>[];
  apps?: Of<App, 'appKey' | 'appSecret'>[];
  robots?: Of<CustomRobot, 'accessToken' | 'conversation'>[];
  settings?: Partial<Settings>;
  messages?: { conversation: string; sender: string; text: string }[];
};
