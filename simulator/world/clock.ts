/**
 * The simulator's clock. Lifetimes, windows and retry plans use `now`, which the control API can move forward.
 * With a start time it stands still there until it is moved, for tests.
 * Signatures exchanged with other programs use `wall`, since their clocks were not moved.
 */
export type Clock = {
  now(): number;
  wall(): number;
  advance(ms: number): void;
  /** How far it is from the real time. */
  offset(): number;
  reset(): void;
};

export function createClock(start?: number): Clock {
  let offset = 0;
  return {
    now: () => (start ?? Date.now()) + offset,
    wall: () => Date.now(),
    advance: (ms) => {
      offset += ms;
    },
    offset: () => (start === undefined ? offset : start + offset - Date.now()),
    reset: () => {
      offset = 0;
    },
  };
}

/** Quotas count in calendar days and months of Beijing time (messaging.md, preface). */
export function beijingDay(at: number): string {
  return new Date(at + BEIJING_MS).toISOString().slice(0, 10);
}

export function beijingMonth(at: number): string {
  return beijingDay(at).slice(0, 7);
}

const BEIJING_MS = 8 * 3_600_000;
