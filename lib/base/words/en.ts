type Figure = number | string;

const CONSOLE = 'open-dev.dingtalk.com → the app';
const PERMISSIONS = `${CONSOLE} → 开发配置 → 权限管理`;
const PUBLISH = 'then publish a version (应用发布 → 版本管理与发布)';
const ROBOT_OF_APP = `${CONSOLE} → 应用能力 → 机器人`;
const ROBOT_OF_GROUP = 'the group → 群设置 → 机器人 → the robot';
const DINGDOCK = 'it is a fault of dingdock: report it with the code and the request id';

/** What a person can do about a delivery that failed, with the place in DingTalk's console where there is one. */
export const REMEDIES = {
  // tokens and credentials
  token: 'dingdock fetches a new access token by itself; if it stays, check Client ID and Client Secret',
  tokenOfApi: `check that Client ID and Client Secret are those of the app that may make this call (${CONSOLE} → 凭证与基础信息)`,
  suite: 'use the credentials of an internal app (企业内部应用): dingdock does not speak for apps of third parties',
  noToken: 'see that no proxy on the way to DingTalk drops headers or queries of requests',
  credentials: `check the app key and app secret (Client ID and Client Secret: ${CONSOLE} → 凭证与基础信息)`,
  corp: 'check the CorpId of the app (it begins with "ding"; the home page of open-dev.dingtalk.com shows it)',
  clockOfApp: 'set the clock: it is more than a minute off',
  userToken: `the call wants the token of a person, not of an app: ${DINGDOCK}`,
  notOfCorp: 'have the organisation enable the app, and check that the CorpId is that of the organisation',

  // permissions of the app
  scope: (scopes: string) => `grant the app ${scopes} (${PERMISSIONS}), ${PUBLISH}`,
  chatRight: `grant the app the scope for groups that DingTalk names (${PERMISSIONS}), ${PUBLISH}; new apps get none for the old calls, so send by the app's robot`,
  apiOff: 'DingTalk has switched the call off for this app: ask for its scope anew, or DingTalk why',
  appOff: `enable the app again (${CONSOLE}), ${PUBLISH}`,
  corpOff: 'DingTalk has disabled the organisation: its administrator has to ask DingTalk why',
  range: `widen the app's visible range so that it covers the receiver (${CONSOLE} → 应用发布 → 版本管理与发布 → the version → 应用可见范围)`,
  toAll: 'this app may not send to everybody: name people or departments in the destination',
  mayNotSend: 'DingTalk forbids this app to send: its administrator has to ask DingTalk why',
  executives: 'the receiver is protected from messages (executives): have an administrator take the protection off',
  ip: `add the egress address to the app's server egress IPs (${CONSOLE} → 开发配置 → 安全设置 → 服务器出口IP)`,

  // custom robots
  robotIp: `add the egress address to the robot's IP list (${ROBOT_OF_GROUP})`,
  keyword: "add one of the robot's keywords to the text, or store it as `keyword` of the destination",
  sign: "store the robot's current secret (SEC…) for this destination",
  noSecret: 'this robot wants a signature, and no secret is stored: store its secret (SEC…) with the destination',
  clock: 'set the clock: the signature is valid for one hour only',
  robotGone: "the webhook's access_token is not known any more: create the robot anew and store its token",
  robotOff: `switch the robot on again, or add one anew and store its token (${ROBOT_OF_GROUP})`,
  robotSecurity: `look at the robot's security settings (${ROBOT_OF_GROUP}): store its secret and its keyword with the destination, or add the egress address to its list`,
  robotRate: 'a custom robot takes 20 messages a minute; above that DingTalk holds it for 10 minutes',
  robotTooLong: 'shorten the message: a custom robot takes 20,000 bytes in all',
  robotKind: 'send text, markdown, a link or a card: a custom robot takes nothing else',
  memberMissing: 'fill in the title and the text of the message: DingTalk wants both',
  request: DINGDOCK,

  // the app's robot
  groupGone:
    'the group was dissolved: register the destination anew with another group (GET /conversations lists them)',
  groupUnknown:
    "check the destination's openConversationId: GET /conversations lists the groups that dingdock heard of",
  robotUnknown: `check the app's robotCode in the secret, and that the app has a robot (${ROBOT_OF_APP})`,
  robotOfOther: "the robot is another app's: leave robotCode out, or set it to the app's own Client ID",
  robotCool: 'the robot came into the group by a group app (酷应用): take it out, and add the robot of the app itself',
  robotStopped: `switch the robot on (${ROBOT_OF_APP}), ${PUBLISH}`,
  robotAway: `add the app's robot to the group (群设置 → 机器人 → 添加机器人), and see that it is on (${ROBOT_OF_APP})`,
  noOneToOne: `enable the robot (${ROBOT_OF_APP}), ${PUBLISH}: before that it may write to nobody one-to-one`,
  noChatYet: 'the person has no chat with the robot: have them write to it once',
  robotMuted: 'the robot is muted in this group: an administrator of the group has to let it speak',
  mentionAll: 'only admins of the group may mention everybody here: leave `all` out, or let all members do it (群设置)',
  otherOrg: 'the group belongs to another organisation than the app: use an app of that organisation',
  receivers: 'check the people of the destination: user ids, up to 20 in a call, and nobody twice',
  templateOfMessage: 'the kind of message does not fit its members: send it as text or markdown',
  templateGone: 'the template of the message does not exist or was stopped: send another kind of message',
  sessionGone: 'the conversation that was answered is over: send to a destination instead',
  processGone:
    'DingTalk answers for a message for 24 hours only: after that it takes nothing back and counts no readers',
  processBad: 'DingTalk does not know the message: it is not ready yet, or older than 24 hours',
  robotPace: 'send less often, or to fewer groups and people at once: dingdock waits and tries again',

  // what is sent
  tooLong: 'shorten the message: the robot of an app takes 15,000 bytes, a work notification 2,048',
  titleTooLong: 'shorten the title, the description or an address of the message',
  conversationMessage:
    "the old conversation calls take 2,048 bytes and few kinds of message: shorten it, or send by the app's robot",
  duplicate: 'DingTalk takes the same content for the same person once a day: change the text',
  moderation: "DingTalk's content check refused it: change the text, link or picture",
  unsafeLink: "DingTalk's check of links refused it: change the address",
  mediaType: 'send the file in a zip or as a link: DingTalk does not take its type',
  mediaSize: 'send it as a link, or make it smaller: 20 MB in a message, 10 MB in a work notification',
  mediaGone: 'DingTalk does not know the media id: upload the file again',
  mediaEmpty: 'the file is empty or was not sent whole: upload it again',
  messageType: 'DingTalk does not take this kind of message here: send text or markdown',
  notForMessages: (key: string) => `"${key}" is not for messages.`,
  packed: (key: string, encoding: string) => `"${key}" is packed (Content-Encoding: ${encoding}); upload it as it is.`,
  linkRevoked: (key: string) => `The link of "${key}" was revoked.`,
  mediaBytes: (key: string, size: Figure, most: Figure) =>
    `"${key}" has ${size} bytes; DingTalk takes 1 to ${most} as media.`,

  // to whom
  userGone: 'check the user ids, which DingTalk does not know (oa.dingtalk.com → 通讯录 → the person → 员工UserID)',
  mobile: 'check the mobile number: DingTalk takes it as it stands in the contacts',
  department: 'check the department ids of the destination (oa.dingtalk.com → 通讯录 → the department)',
  noReceiver: 'name people or departments in the destination: nobody was left to send to',
  tooManyReceivers: 'name fewer people: split the destination in two',
  agent: "set the app's agentId (open-dev.dingtalk.com → the app → 凭证与基础信息)",
  agentMissing: "set the app's agentId: work notifications are sent in its name",
  notification: "check the app's agentId; the notification may be older than 24 hours, or went to more than 100 people",
  chatGone: "check the destination's chatid or cid; a cid is good for one message within 24 hours",
  chatSender: 'check the sender of the destination: a user id of somebody who is in the conversation',
  nobodyReached: 'Look at `reach`: correct the user ids of the destination, or try later.',
  outsider: 'the session has ended, and the robot of the app writes to people of the company only',

  // to-dos and cards
  todo: 'shorten title and description, name fewer people, and check `due`; a to-do may also have been deleted in DingTalk',
  todoBusy: 'DingTalk works on the same to-do, or has trouble: dingdock tries again',
  todoRate: 'these people or this organisation get too many to-dos at once: dingdock waits and tries again',
  card: 'check the template of the card (taskCard of the app; open-dev.dingtalk.com/fe/card): saved, and with the variables that are sent',
  cardGone: 'the card does not exist any more: a new one is made with the next task',

  // limits and troubles
  qps: 'the app made too many calls in this second: wait one second',
  qpsOfSuite: 'too many calls for one organisation in this second: wait one second',
  qpm: 'the app made too many calls in this minute: wait one minute',
  rate: 'too many calls of this kind for now: dingdock waits and tries again',
  month: "the organisation's monthly call quota is used up: buy calls or wait for the next month",
  day: "DingTalk's daily limit is reached: it takes more tomorrow",
  ban: 'the egress address made more than 10,000 calls in 20 seconds and is banned for 5 minutes',
  busy: 'DingTalk has trouble: dingdock tries again; if it stays for hours, ask DingTalk',
  down: 'DingTalk did not carry the call out for now: dingdock tries again',
  unknownResult: 'look in the conversation whether it arrived: DingTalk does not know it itself',
  path: 'DingTalk does not know the address of the call: check DINGTALK_API_URL and DINGTALK_OAPI_URL, and any proxy',
  unlisted: "look the code up in DingTalk's list of error codes (open.dingtalk.com), with the reason that it gave",

  // of our own
  register: (name: string) => `Register "${name}" and send the message again.`,
  remainingPeople: 'Send the message again if the remaining people should have it.',
  retryLater: 'Nothing was lost. Send the same request again with the same Idempotency-Key.',
  lookUp: 'Look the code up in the log of this request.',
  deadLetters: 'It is in the dead letters. Fix what makes the sender crash, then redrive it.',
} as const;

/** Why a delivery failed, or was not recalled, where DingTalk does not say it. Of two that begin alike the longer one is first. */
export const REASONS = {
  noAnswer: 'DingTalk gave no answer',
  unreached: 'DingTalk could not be reached; nothing was sent',
  failedBefore: (operation: string) => `${operation} failed before anything was sent`,
  expired: 'it has expired',
  perhapsArrived: (reason: string) => `${reason}, and an earlier try may have arrived`,
  callsMade: (reason: string, calls: Figure) => `${reason}; ${calls} of its calls were made`,
  died: 'the sender died during the call',
  breaksSender: 'the message breaks its sender',
  robotRemoved: 'the robot of the pool that may have sent it was removed; another robot could show it twice',
  nobodyReached: 'DingTalk took the message for none of the people',
  changedAfter: (calls: Figure) => `the destination was changed after ${calls} of the message's calls`,
  callsTaken: (reason: string, calls: Figure) => `${reason} (after ${calls} calls that DingTalk took)`,
  // of a recall
  partOf: (id: string) => `it was sent as a part of ${id}; recall that message`,
  notSentPerhaps: (status: string) =>
    `it is ${status}, and a try may have arrived without a receipt; only queued and sent messages can be recalled`,
  notSent: (status: string) => `it is ${status}; only queued and sent messages can be recalled`,
  cardStays: 'a card stays; change what it shows with PATCH /messages/{id}',
  kindStays: 'DingTalk cannot recall messages of this kind',
  kindRefused: (kind: string) => `DingTalk refused: a ${kind} cannot recall`,
  recallRefused: (answer: string) => `DingTalk refused: ${answer}`,
} as const;

/** The problems that requests of callers end in, by their code. */
export const PROBLEMS = {
  invalid_json: 'The body is not JSON.',
  unsupported_charset: 'The body is in another charset than UTF-8.',
  invalid_query: 'The query has faults.',
  invalid_cursor: 'The cursor is not one of this list.',
  invalid_idempotency_key: 'The Idempotency-Key cannot be used.',
  invalid_request: 'The request has faults.',
  invalid_name: 'This is no name for a destination.',
  in_the_past: 'A time is over already.',
  not_changeable: 'The message cannot change any more.',
  too_late: 'It was written too long ago to be answered.',
  not_reachable: 'The session has ended, and the robot of the app cannot write to this person.',
  too_far_ahead: 'A time is too far ahead.',
  expires_unsent: 'The message expires before it may be sent.',
  too_many_calls:
    'The request would take more calls to DingTalk than one request may: see `calls` and `most` in errors.',
  idempotency_key_reused: 'The Idempotency-Key stands for another request.',
  unknown_app: 'There is no such app.',
  unknown_person: 'DingTalk does not know these people.',
  person_not_visible: 'The app may not look these people up.',
  no_task_card: 'The app has no card for tasks.',
  key_missing: 'The request has no key.',
  key_malformed: 'The header `Authorization` holds no key.',
  key_unknown: 'No such key was made.',
  key_revoked: 'The key was revoked.',
  key_expired: 'The key has expired.',
  scope_missing: 'The key lacks the scope.',
  list_not_allowed: 'A key for certain destinations sees no lists.',
  destination_not_allowed: 'The key is not for this destination.',
  people_not_allowed: 'The key does not reach these people beside its destinations.',
  app_not_allowed: 'The key is not for this app, or not for the default one.',
  object_not_allowed: 'The key, or no key, may send this object of the bucket.',
  record_not_allowed: 'The record has no destination of the key, and another owner.',
  target_not_allowed: 'A key for certain destinations does not change where they lead.',
  rate_exceeded: 'The key asks too often.',
  budget_used_up: 'The key has made the calls to DingTalk that it may make in a month.',
  no_such_route: 'There is no such route.',
  method_not_allowed: 'The route takes other methods.',
  unknown_message: 'There is no such message.',
  unknown_event: 'Nobody wrote this to the robot of that app, or it was too long ago.',
  unknown_task: 'There is no such task.',
  unknown_approval: 'There is no such approval.',
  approval_closed: 'The approval is decided, expired or withdrawn.',
  quorum_too_large: 'More people are asked for than may answer.',
  unknown_share: 'There is no such share.',
  unknown_incident: 'There is no such incident.',
  no_link: 'The share has no download link.',
  unknown_destination: 'There is no such destination.',
  unknown_source: 'There is no such source.',
  not_an_assignee: 'The person is not assigned to the task.',
  nothing_unsent: 'Nothing of the message ended unsent.',
  not_resendable:
    'The message is still on its way, or a task, a question, an incident, a shared file or an answer to an event follows the message.',
  task_closed: 'The task is closed.',
  not_due: 'The task is not overdue.',
  nobody_left: 'The task would have no assignee.',
  too_many_people: 'The task would have too many assignees.',
};
