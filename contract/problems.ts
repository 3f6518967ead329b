import * as v from 'valibot';

/** One thing that is wrong with a request. */
export const Fault = v.object({
  path: v.string(),
  code: v.string(),
  message: v.string(),
  /** Of what would take too many calls to DingTalk: how many, and the most there may be. */
  calls: v.optional(v.number()),
  most: v.optional(v.number()),
});
/** RFC 9457 problem details with a stable `code`, every fault at once, and what to do. */
export const Problem = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  code: v.string(),
  remedy: v.string(),
  errors: v.optional(v.array(Fault)),
});
export type Problem = v.InferOutput<typeof Problem>;

/** The problems that requests of callers end in, by their code. Another code is DingTalk's, or that of a part behind this API. */
export const PROBLEMS = {
  invalid_json: 400,
  unsupported_charset: 415,
  invalid_query: 400,
  invalid_cursor: 400,
  invalid_idempotency_key: 400,
  invalid_request: 422,
  invalid_name: 422,
  idempotency_key_reused: 422,
  in_the_past: 422,
  not_changeable: 422,
  too_late: 422,
  not_reachable: 422,
  too_far_ahead: 422,
  expires_unsent: 422,
  too_many_calls: 422,
  unknown_app: 422,
  unknown_person: 422,
  person_not_visible: 422,
  no_task_card: 422,
  quorum_too_large: 422,
  key_missing: 401,
  key_malformed: 401,
  key_unknown: 401,
  key_revoked: 401,
  key_expired: 401,
  scope_missing: 403,
  list_not_allowed: 403,
  destination_not_allowed: 403,
  people_not_allowed: 403,
  app_not_allowed: 403,
  object_not_allowed: 403,
  record_not_allowed: 403,
  target_not_allowed: 403,
  rate_exceeded: 429,
  budget_used_up: 429,
  no_such_route: 404,
  method_not_allowed: 405,
  unknown_message: 404,
  unknown_event: 404,
  unknown_task: 404,
  unknown_approval: 404,
  unknown_share: 404,
  unknown_incident: 404,
  no_link: 404,
  unknown_destination: 404,
  unknown_source: 404,
  not_an_assignee: 409,
  nothing_unsent: 409,
  task_closed: 409,
  approval_closed: 409,
  not_due: 409,
  nobody_left: 409,
  too_many_people: 409,
} as const;
export type ProblemCode = keyof typeof PROBLEMS;
