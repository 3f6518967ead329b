/** messaging.md §5.4-5.6 name 24 hours and 7 days in places; the shorter one is used. */
export const TASK_WINDOW_MS = 86_400_000;
