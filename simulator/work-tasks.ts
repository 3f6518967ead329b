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
  /** Silently left out: 143106 same content again today, 143105 more than 500 a day. */
  dropped: { userid: string; code: '143105' | '143106' }[];
  recalled: boolean;
};

/** messaging.md §5.4-5.6 name 24 hours and 7 days in places; the shorter one is used. */
export const TASK_WINDOW_MS = 86_400_000;
