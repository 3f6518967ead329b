import { Trouble } from '../lib/base/trouble.ts';
import { ConversationList, Group } from './answers/conversations.ts';
import {
  ConversationView,
  CustomRobotPoolView,
  CustomRobotView,
  DestinationList,
  DestinationView,
  ListedDestination,
  RobotGroupView,
  RobotUsersView,
  RobotView,
  WorkNotificationView,
} from './answers/destinations.ts';
import { Links } from './answers/links.ts';
import { MessageList, MessageView, Readers, Recall, Recalled, Receipts } from './answers/messages.ts';
import { MessageOrPlan, MessagePlan, PlannedDelivery, PlannedPart, PlannedReach, TaskPlan } from './answers/plans.ts';
import { Health } from './answers/service.ts';
import { LinkView, MessageLinks, ShareList, ShareView, TargetView } from './answers/shares.ts';
import { PreviewedMessage, SourceList, SourcePreview, SourceSeen, SourceView } from './answers/sources.ts';
import { TaskLinks, TaskList, TaskView } from './answers/tasks.ts';
import { Upload, UploadView } from './answers/uploads.ts';
import {
  ActionCard,
  Button,
  FeedCard,
  FeedItem,
  File,
  Image,
  Link,
  Markdown,
  Oa,
  OaBody,
  OaHead,
  OaRich,
  OaRow,
  OaStatus,
  Voice,
} from './contents.ts';
import { Fault, Problem } from './problems.ts';
import { Attempt, DeliveryView, PersonOutcome, Reach, Waits, Warning } from './records/messages.ts';
import { DriveFile, ShareAttempt } from './records/shares.ts';
import { Assignee, HistoryEntry, Person, Skipped } from './records/tasks.ts';
import { ListConversations } from './requests/conversations.ts';
import {
  Conversation,
  CustomRobot,
  CustomRobotPool,
  Destination,
  FileRules,
  ListDestinations,
  MergeRule,
  Pace,
  PastedRobot,
  PutDestination,
  QuietHours,
  Robot,
  RobotGroup,
  RobotUsers,
  WorkNotification,
} from './requests/destinations.ts';
import { DryRun } from './requests/dry-run.ts';
import { LinkRules, RequestUpload } from './requests/files.ts';
import { ListMessages, SendMessage } from './requests/messages.ts';
import { ListShares } from './requests/shares.ts';
import {
  AlertmanagerSource,
  Hmac,
  JsonSource,
  PutSource,
  RobotSource,
  SnsSource,
  Templates,
} from './requests/sources.ts';
import {
  ByMobile,
  ByUnionId,
  ByUserId,
  ChangeTask,
  DispatchTask,
  ListTasks,
  PersonRef,
  StepChange,
} from './requests/tasks.ts';
import { Mention, To } from './values.ts';

/** The schemas that openapi.json names: what requests are made of, and what answers are made of. */
export const REQUESTS = {
  To,
  Mention,
  Markdown,
  Link,
  Button,
  ActionCard,
  FeedItem,
  FeedCard,
  Image,
  Voice,
  File,
  OaHead,
  OaStatus,
  OaRow,
  OaRich,
  OaBody,
  Oa,
  SendMessage,
  ByUserId,
  ByMobile,
  ByUnionId,
  PersonRef,
  DispatchTask,
  StepChange,
  ChangeTask,
  LinkRules,
  RequestUpload,
  FileRules,
  MergeRule,
  Pace,
  QuietHours,
  Robot,
  CustomRobot,
  CustomRobotPool,
  RobotGroup,
  RobotUsers,
  WorkNotification,
  Conversation,
  Destination,
  Hmac,
  Templates,
  RobotSource,
  AlertmanagerSource,
  SnsSource,
  JsonSource,
  PutSource,
  PastedRobot,
  PutDestination,
};

export const ANSWERS = {
  Attempt,
  PersonOutcome,
  Reach,
  Waits,
  Warning,
  DeliveryView,
  Links,
  MessageView,
  MessageList,
  Recall,
  Recalled,
  Readers,
  Receipts,
  Person,
  Assignee,
  HistoryEntry,
  Trouble,
  Skipped,
  TaskLinks,
  TaskView,
  TaskList,
  PlannedReach,
  PlannedPart,
  PlannedDelivery,
  MessagePlan,
  MessageOrPlan,
  TaskPlan,
  Upload,
  UploadView,
  ShareAttempt,
  DriveFile,
  MessageLinks,
  TargetView,
  LinkView,
  ShareView,
  ShareList,
  RobotView,
  CustomRobotView,
  CustomRobotPoolView,
  RobotGroupView,
  RobotUsersView,
  WorkNotificationView,
  ConversationView,
  DestinationView,
  ListedDestination,
  DestinationList,
  Group,
  ConversationList,
  SourceSeen,
  SourceView,
  SourceList,
  PreviewedMessage,
  SourcePreview,
  Health,
  Fault,
  Problem,
};

/** What stands in a query, by the route. */
export const QUERIES = {
  DryRun,
  ListMessages,
  ListTasks,
  ListShares,
  ListDestinations,
  ListConversations,
};
