import { chunks } from '../../base/chunks.ts';
import { defined } from '../../base/defined.ts';
import { type Apps, type DestinationOf, type Kind, notCarried, type PersonOutcome, unconfirmed } from './kind.ts';
import { OLD_MESSAGE } from './old-message.ts';

type WorkNotification = DestinationOf<'work-notification'>;

/** Receivers of one call (messaging.md §5.1). */
const USERS_A_CALL = 100;
const DEPARTMENTS_A_CALL = 20;
/** A status bar goes to people only, to so many (messaging.md §5.2). */
const MOST_WITH_STATUS = 5;
/** DingTalk takes a work notification first and hands it out then; asked sooner, it knows of nobody. */
const HANDED_OUT_MS = 1_000;
/** DingTalk tells of the receivers of a work notification up to this many (messaging.md §5.5). */
const MOST_CONFIRMED = 100;

/** A notification of an app to people, departments or all (messaging.md §5). */
export const workNotification: Kind<WorkNotification> = {
  ...OLD_MESSAGE,
  imageAsFile: false,
  takesStatus: ({ all, departmentIds, userIds = [] }) =>
    !all && departmentIds === undefined && userIds.length <= MOST_WITH_STATUS,
  batches(to) {
    if (to.all) return [to];
    const users = chunks(to.userIds ?? [], USERS_A_CALL);
    const departments = chunks(to.departmentIds ?? [], DEPARTMENTS_A_CALL);
    const { userIds: _, departmentIds: __, ...rest } = to;
    return Array.from({ length: Math.max(users.length, departments.length) }, (___, index) =>
      defined({ ...rest, userIds: users[index], departmentIds: departments[index] }),
    );
  },
  asking: (to, confirm) => ({ ...to, confirm }),
  reach: ({ all, userIds, departmentIds }) =>
    all ? { everybody: true } : defined({ people: userIds?.length, departments: departmentIds?.length }),
  async send({ appNamed, sleep }, { app, userIds, departmentIds, all, confirm }, { rendered }) {
    if (rendered.form !== 'msg') throw notCarried();
    const receivers = defined({ userIds, departmentIds, all: all || undefined });
    const receipt = (await appNamed(app).workNotifications.send({ ...receivers, msg: rendered.msg })).taskId;
    if (confirm === false) return { receipt };
    if (!confirm) return { receipt, people: unconfirmed(userIds) };
    await sleep(HANDED_OUT_MS);
    return { receipt, people: await confirmed(appNamed(app), receipt, userIds) };
  },
  async recall(appNamed, { app }, receipts) {
    for (const taskId of receipts) await appNamed(app).sentMessages.recallNotification(taskId);
    return {};
  },
  readers: (appNamed, { app }, receipt) => appNamed(app).sentMessages.readersOfNotification(receipt),
};

/** Whom a work notification reached; that it was sent is true all the same when DingTalk does not say. */
async function confirmed(
  { sentMessages }: ReturnType<Apps<'sentMessages'>>,
  taskId: string,
  userIds: string[] = [],
): Promise<PersonOutcome[]> {
  if (userIds.length > MOST_CONFIRMED) return unconfirmed(userIds);
  try {
    const { read, unread = [], notReached = [] } = await sentMessages.readersOfNotification(taskId);
    const reached = [...read, ...unread];
    return [...new Set([...userIds, ...reached, ...notReached])].map((userId) => {
      if (notReached.includes(userId)) return { userId, outcome: 'invalid' };
      return { userId, outcome: reached.includes(userId) ? 'accepted' : 'unconfirmed' };
    });
  } catch {
    return unconfirmed(userIds);
  }
}
