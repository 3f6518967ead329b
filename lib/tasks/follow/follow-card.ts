import type { Language } from '../../base/language.ts';
import { when } from '../../base/people/local-time.ts';
import { beginningOf } from '../../base/text/characters.ts';
import type { DestinationStore } from '../../messages/destination.ts';
import { actorName, taskName } from '../names.ts';
import type { Assignee, Followed, Task } from '../task.ts';
import { WORDS } from '../words/words.ts';

/** Where a card is shown. */
type Space = { openConversationId: string; mention?: Record<string, string> } | { userId: string };

/** An app's cards: a card has an id, and an update changes it for all readers. */
export type Cards = {
  createAndDeliver(card: {
    outTrackId: string;
    templateId: string;
    routeKey: string;
    params: Record<string, string>;
    to: Space[];
  }): Promise<void>;
  update(card: { outTrackId: string; params: Record<string, string> }): Promise<void>;
};

export type CardDeps = {
  app: string;
  cards: Cards;
  /** The template that the app has for tasks; none: no cards. */
  taskCard?: { templateId: string; routeKey: string } | undefined;
  timeZone: string;
  language: Language;
  destinations: DestinationStore;
  linkOf(task: Pick<Task, 'id' | 'app'>, userId?: string, madeAt?: number): string;
};

const PREFIX = 'dingdock-task-';
/** A variable holds 1 KB (messaging.md §7.1). */
const MOST_BYTES = 1_000;
const STATE_MARKS: Record<Assignee['state'], string> = { assigned: '…', accepted: '👌', done: '✅', declined: '✋' };

/** The task that a card belongs to. */
export function taskOfCard(outTrackId: string): string | undefined {
  return outTrackId.startsWith(PREFIX) ? outTrackId.slice(PREFIX.length) : undefined;
}

/**
 * Delivers or updates the task's card. It goes to the groups of the app's robot among `notify`, where it mentions the
 * assignees; without such a group, to each assignee.
 */
export async function followCard(deps: CardDeps, task: Task): Promise<Partial<Followed>> {
  const { cards, taskCard } = deps;
  if (!task.via.includes('card') || !taskCard || (task.status === 'failed' && task.cardId === undefined)) return {};
  const outTrackId = `${PREFIX}${task.id}`;
  const params = paramsOf(deps, task);
  if (task.cardId !== undefined) {
    await cards.update({ outTrackId, params });
    return {};
  }
  const groups = await groupsOf(deps, task);
  const mention = Object.fromEntries(task.assignees.map(({ userId, name = userId }) => [userId, name]));
  const to: Space[] =
    groups.length > 0
      ? groups.map(({ openConversationId }) => ({ openConversationId, mention }))
      : task.assignees.map(({ userId }) => ({ userId }));
  await cards.createAndDeliver({ outTrackId, ...taskCard, params, to });
  // An earlier try that crashed may have created it for an older version.
  if (task.version > 1) await cards.update({ outTrackId, params });
  return { cardId: outTrackId, cardAt: groups.map(({ name }) => name) };
}

async function groupsOf({ app, destinations }: CardDeps, { notify }: Task) {
  const found = await Promise.all(notify.map(async (name) => ({ name, destination: await destinations.get(name) })));
  return found.flatMap(({ name, destination }) => {
    if (!destination || !('openConversationId' in destination) || (destination.app ?? app) !== app) return [];
    return [{ name, openConversationId: destination.openConversationId }];
  });
}

/** The variables of the template. All are texts, and all are set, since a missing one would keep its old value. */
function paramsOf({ timeZone, language, linkOf }: CardDeps, task: Task): Record<string, string> {
  const { description = '', due, assignees, status, overdueSince } = task;
  const last = task.history.at(-1);
  const words = WORDS[language];
  const shown = {
    title: taskName(task),
    description,
    due: due === undefined ? '' : when(due, timeZone),
    status,
    statusText: `${overdueSince === undefined ? '' : '⏰ '}${words.status[status]}`,
    people: assignees.map(lineOf).join('\n'),
    actor: last === undefined ? '' : actorName(task, last.assignee ?? last.by, { words, sender: task.sender }),
  };
  const cut = Object.entries(shown).map(([name, text]) => [
    name,
    beginningOf(text, (part) => Buffer.byteLength(part) <= MOST_BYTES),
  ]);
  return { ...Object.fromEntries(cut), url: linkOf(task) };
}

function lineOf({ userId, name = userId, state }: Assignee): string {
  return `${name} ${STATE_MARKS[state]}`;
}
