import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { State } from './state.ts';

const SAVE_AFTER_MS = 500;
/** Writing all of it takes at most so small a part of the time. */
const PART_OF_TIME = 1 / 20;

/** What people see and what programs refer to later; calls, counters of short windows and connections begin anew. */
const KEPT = [
  'tenant',
  'tokens',
  'messages',
  'files',
  'todos',
  'workTasks',
  'pushes',
  'failedListShown',
  'sessions',
  'downloadCodes',
  'downloadLinks',
  'cards',
  'cardRoutes',
  'streamed',
  'dings',
  'usedCids',
  'registrations',
  'userTokens',
  'refreshTokens',
  'consents',
  'robotLogs',
  'appRobotLogs',
  'robotUuids',
  'bills',
  'counter',
] as const satisfies readonly (keyof State)[];

/**
 * Fills the state with what the folder holds, and from then on keeps it there, soon after each change and at the end. Who
 * is killed loses what was not written yet.
 */
export function keepState(state: State, folder: string) {
  const file = join(folder, 'state');
  mkdirSync(folder, { recursive: true });
  const { drive, ...kept } = stateIn(file);
  Object.assign(state, kept);
  Object.assign(state.drive, drive, { folder: join(folder, 'objects') });
  mkdirSync(join(folder, 'objects'), { recursive: true });
  // nobody plans the next try of a push any more; the app can fetch it
  for (const push of state.pushes) if (push.state === 'pending') push.state = 'failed-list';

  let timer: NodeJS.Timeout | undefined;
  let pauseMs = SAVE_AFTER_MS;
  const save = () => {
    timer = undefined;
    const began = performance.now();
    const { spaces, dentries } = state.drive; // without what is being put there: that begins anew
    const kept = Object.fromEntries(KEPT.map((name) => [name, state[name]]));
    writeFileSync(`${file}.new`, serialize({ ...kept, drive: { spaces, dentries } }));
    renameSync(`${file}.new`, file);
    pauseMs = Math.max(SAVE_AFTER_MS, (performance.now() - began) / PART_OF_TIME);
  };
  const listener = () => {
    timer ??= setTimeout(save, pauseMs);
  };
  state.listeners.add(listener);
  return {
    end(): void {
      state.listeners.delete(listener);
      clearTimeout(timer);
      save();
    },
  };
}

/** Nothing when there is none, or it was written by a version that had another shape. */
function stateIn(file: string): Partial<State> {
  try {
    return deserialize(readFileSync(file));
  } catch {
    return {};
  }
}
