import type { DingTalkApp } from './app.ts';
import { type Cards, createCards } from './card.ts';
import { type Contacts, createContacts } from './contacts.ts';
import { type Conversations, createConversations } from './conversation.ts';
import { type CallbackRegistration, createCallbackRegistration } from './doors/callback-registration.ts';
import { createFailedList, type FailedList } from './doors/failed-list.ts';
import { createDrive, type Drive } from './drive.ts';
import { createMedia, type Media } from './media.ts';
import { createRobot, type Robot } from './robot.ts';
import { createRobotFiles, type RobotFiles } from './robot-file.ts';
import { createSentMessages, type SentMessages } from './sent-messages.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import { createTodos, type Todos } from './todo.ts';
import { type CallDeps, createCaller } from './transport/call.ts';
import { createWorkNotifications, type WorkNotifications } from './work-notification.ts';

/** DingTalk as one app sees it. Every function throws DingTalkRefusal, DingTalkUnreachable or a token failure. */
export type DingTalk = {
  /** For apps that have an operator and a folder. */
  drive?: Drive;
  robot: Robot;
  robotFiles: RobotFiles;
  workNotifications: WorkNotifications;
  sentMessages: SentMessages;
  conversations: Conversations;
  media: Media;
  todos: Todos;
  contacts: Contacts;
  cards: Cards;
  callbacks: CallbackRegistration;
  failedList: FailedList;
  signIn: SignIn;
};

export function createDingTalk({ app, ...deps }: Omit<CallDeps, 'app'> & { app: DingTalkApp }): DingTalk {
  const call = createCaller({ ...deps, app: app.name });
  const { operatorUserId, drive } = app;
  return {
    ...(operatorUserId !== undefined &&
      drive && {
        drive: createDrive({ call, http: deps.http, contacts: createContacts(call) }, { operatorUserId, ...drive }),
      }),
    robot: createRobot(call, app.robotCode),
    robotFiles: createRobotFiles(call, app.robotCode),
    workNotifications: createWorkNotifications(call, app.agentId),
    sentMessages: createSentMessages(call, app.robotCode, app.agentId),
    conversations: createConversations(call),
    media: createMedia(call),
    todos: createTodos(call),
    contacts: createContacts(call),
    cards: createCards(call, app.robotCode),
    callbacks: createCallbackRegistration(call),
    failedList: createFailedList(call),
    signIn: createSignIn(call, app, deps),
  };
}
