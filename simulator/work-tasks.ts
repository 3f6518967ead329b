/** One asyncsend_v2 call and what became of it, which its caller only learns by asking (messaging.md §5). */
export type WorkTask = {
  taskId: number;
  at: number;
  appKey: string;
  contentHash: string;
  msgtype: string;
  toAll: boolean;
  sent: string[];
  invalidUsers: string[];
  invalidDepartments: number[];
  /** An oa message whose status bar can be changed: to at most 5 people, by name (messaging.md §5.2). */
  statusBar: boolean;
  /** Silently left out, with the codes of messaging.md §5.5: the same content today, too many a day or a minute. */
  dropped: { userid: string; code: string }[];
  recalled: boolean;
};

/** messaging.md §5.4-5.6 name 24 hours and 7 days in places; the shorter one is used. */
export const TASK_WINDOW_MS = 86_400_000;
