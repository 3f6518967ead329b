import * as v from 'valibot';
import { Conversation, KINDS, notified, RobotGroup, RobotUsers, robotEntries } from '../requests/destinations.ts';
import { Text } from '../values.ts';

/** A robot as it is shown: its token and secret never come out again. */
export const RobotView = v.object({ signs: v.boolean() });
const name = { name: Text };
export const CustomRobotView = v.object({
  ...name,
  kind: v.literal('custom-robot'),
  ...RobotView.entries,
  ...robotEntries,
});
export const CustomRobotPoolView = v.object({
  ...name,
  kind: v.literal('custom-robot-pool'),
  robots: v.array(RobotView),
  ...robotEntries,
});
export const RobotGroupView = v.object({ ...name, ...RobotGroup.entries });
export const RobotUsersView = v.object({ ...name, ...RobotUsers.entries });
export const WorkNotificationView = v.object({ ...name, ...notified.entries });
export const ConversationView = v.object({ ...name, ...Conversation.entries });
/** A destination without its secrets. */
export const DestinationView = v.variant('kind', [
  CustomRobotView,
  CustomRobotPoolView,
  RobotGroupView,
  RobotUsersView,
  WorkNotificationView,
  ConversationView,
]);
export type DestinationView = v.InferOutput<typeof DestinationView>;

/** A destination in the list of all. */
export const ListedDestination = v.object({
  name: v.string(),
  kind: v.picklist(KINDS),
  title: v.optional(v.string()),
});
export const DestinationList = v.object({ items: v.array(ListedDestination), cursor: v.optional(v.string()) });
export type DestinationList = v.InferOutput<typeof DestinationList>;
