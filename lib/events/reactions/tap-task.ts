import { type DeedPace, tooFast } from '../../base/people/deed-pace.ts';
import { type ChangeDeps, changeAndTell } from '../../tasks/change-task.ts';
import { taskOfCard } from '../../tasks/follow/follow-card.ts';
import { cardClickOf } from '../card-click.ts';
import type { BusEvent } from '../event.ts';
import { type Corporations, ownRecord } from '../own-records.ts';

const ACTIONS = ['accept', 'done', 'decline', 'resume'] as const;

/**
 * A tap on a task's card is a step of the person who tapped, if they are an assignee; the card changes a moment later. The
 * signature of a tap does not cover the person (callbacks.md §7.3), so the task decides who may.
 */
export function tapTask(deps: ChangeDeps & Corporations & { deeds: DeedPace; now: () => number }) {
  return (event: BusEvent) => {
    const click = cardClickOf(event);
    const taskId = click && taskOfCard(click.outTrackId);
    if (!click || taskId === undefined) return undefined;
    const type = ACTIONS.find((action) => click.action.split(',').includes(action));
    if (type === undefined) return undefined;
    const { userId } = click;
    return {
      async run() {
        if (await tooFast(deps, userId)) return; // a card has no place to say so
        if (!ownRecord(deps, event.app, await deps.tasks.get(taskId))) return;
        await changeAndTell(deps, taskId, { type, userId }, { by: userId, via: 'card', at: deps.now() });
      },
    };
  };
}
