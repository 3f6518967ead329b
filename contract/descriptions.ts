import type { ANSWERS, QUERIES, REQUESTS } from './components.ts';
import type { ProblemCode } from './problems.ts';

// What callers read of each property (openapi.json). No function loads it.

/** Words with the unit, and an example where the property is no named object. */
type Said = string | readonly [words: string, example: unknown];
type Of<S> = S extends { entries: infer E } ? { readonly [P in keyof E]: Said } : object;
type Described<T> = { readonly [N in keyof T]: { readonly '': string } & Of<T[N]> };

const TIME = '2026-01-31T08:00:00Z';
const MESSAGE = 'm_20260131080000000abcdefghijklmnopqrst';
const TASK = 't_k7p2x4mznq8rdv3cw6tbyh5a9e';
const SHARE = 's_m4rw7c2xkz9pq5vtd8nb3hy6ae';

const destinationName = ['Name of the destination.', 'ops'] as const;
const code = ['Stable, machine-readable reason.', '310000.keyword'] as const;
const reason = ['The reason in words.', 'the text lacks the keyword of the robot'] as const;
const remedy = ['What a person can do about it.', 'write the keyword into the text'] as const;
const cursor = [
  'Opens the next page; absent on the last one. Give it back as `cursor`.',
  'eyJkYXkiOiIyMDI2In0',
] as const;
const limit = ['How many a page has at most: 1 to 100. Default: 25.', '25'] as const;
const cursorIn = ['The `cursor` of the page before, for the next page.', 'eyJkYXkiOiIyMDI2In0'] as const;
const userId = ["A person's userId in DingTalk.", 'zhangsan'] as const;
const links = 'Where the record is, and what belongs to it.';
const cardTitle = ['Title, shown in lists of conversations.', 'Deploy?'] as const;
const mediaId = ['Id of an uploaded file in DingTalk, by its media API.', '@lADPDe7s2ySi18PNA6XNBXg'] as const;
const app = [
  "Name of the DingTalk app that sends, of those in the stage's secret. Default: the first.",
  'default',
] as const;
const files = 'What this destination takes of shared files.';
const merge = 'Texts that come close together go as one message.';
const pace = 'How many messages go out, when that is not 20 a minute.';
const confirm = [
  'True: DingTalk is asked whom each message reached, which is one more call each. Default: false.',
  true,
] as const;
const mentionInText = [
  'False: the names of mentioned people are not written into a `text`, since the client adds them. Default: true.',
  true,
] as const;
const external = ['True for an external group: its robots cannot mention people.', false] as const;
const convert = [
  'True: tables become lists and single line ends breaks, so that every client shows them.',
  true,
] as const;
const keyword = [
  'The word that the robot wants in each message, its security setting "keyword"; empty: it wants none.',
  '告警',
] as const;
const signs = ['Whether a secret for signing is stored.', true] as const;
const name = ['Name of the destination, as in the path.', 'ops'] as const;
const kind = (which: string) => ['Which kind of destination this is.', which] as const;
const userIds = ['The people, by userId; 1 to 2,000.', ['zhangsan']] as const;
const departmentIds = ['The departments, by DingTalk id; 1 to 2,000.', [1]] as const;
const toAll = ['True: everybody in the company.', true] as const;
const conversationId = [
  'Id of the group; GET /conversations lists those that events spoke of.',
  'cidProject=',
] as const;
const chatId = ['Legacy id of the group.', 'chat0123456789abcdef'] as const;
const sender = ['The userId on whose behalf the legacy call sends; goes with `cid`.', 'zhangsan'] as const;
const cid = ['Legacy id of a conversation that a person picked; goes with `sender`.', 'cid0123456789'] as const;

const task = {
  title: ['What is to be done. At most 1,024 characters.', '看一下新版本'],
  description: ['What it is about. At most 4,096 characters.', 'Release 1.2 is on the test system.'],
  due: ['When it has to be done: ISO 8601 with a zone.', TIME],
  remindBefore: ['Minutes before `due` at which assignees are reminded; 1 to 43,200. Needs `due`.', 60],
  priority: ['How urgent it is.', 'normal'],
  completion: ['Done when `any` of the assignees is done, or when `all` are. Default: `all`.', 'all'],
  url: ['Address of what the task is about. At most 1,024 bytes.', 'https://example.com/1.2'],
  data: ["JSON of the caller's own; comes back with the task and its events. At most 16 KB.", { ticket: 'OPS-7' }],
  via: ['Ways by which people hear of it. Default: `todo` and `message`.', ['todo', 'message']],
  tell: ['What `notify` destinations hear of: begin and end (`outcome`) or `every` step.', 'outcome'],
  partial: [
    'True: leave out people who cannot be found and ways that DingTalk refuses, instead of refusing the task.',
    false,
  ],
} as const;
const person = {
  userId,
  unionId: ["The person's unionId in DingTalk.", 'union-zhangsan'],
  name: ["The person's name in DingTalk.", '张三'],
} as const;

const source = {
  to: 'Where what it says goes.',
  language: ['Language of what dingdock adds. Default: `zh`.', 'zh'],
  timeZone: ['Zone of times in messages. Default: Asia/Shanghai, in English UTC.', 'Asia/Shanghai'],
  rotateKey: ['True: make another key; the one before works for a day more.', false],
} as const;

export const REQUEST_TEXTS = {
  To: { '': 'Name of a destination, or 1 to 20 of them.' },
  Mention: {
    '': 'Who is to be notified of the message; at most 50 people.',
    users: ['People by userId; an `@` and blanks around it are taken off.', ['zhangsan']],
    mobiles: ['People by mobile number, in any usual form; other countries as `+852-61234567`.', ['13800000001']],
    all: ['True: everybody in the conversation.', true],
    fallback: [
      'For destinations that notify nobody: `refuse` the message, show the names as `text`, or leave them out (`none`). Default: `refuse`.',
      'text',
    ],
  },
  Markdown: {
    '': 'A text in Markdown.',
    title: cardTitle,
    text: ['The Markdown.', '### Release 1.2\n\n- faster'],
    convert,
  },
  Link: {
    '': 'A card that opens a page.',
    title: ['Title of the card.', 'Release 1.2'],
    text: ['Text below the title.', 'What is new'],
    url: ['Page that the card opens.', 'https://example.com/1.2'],
    pictureUrl: [
      'Picture on the card: its address, or a media id. Work notifications need one.',
      'https://example.com/1.2.png',
    ],
  },
  Button: {
    '': 'A button of a card.',
    title: ['Text of the button.', 'Look'],
    url: ['Page that the button opens.', 'https://example.com/1.2'],
  },
  ActionCard: {
    '': 'A card in Markdown with buttons.',
    title: cardTitle,
    text: ['The Markdown of the card.', '### Deploy 1.2?'],
    buttons: 'At least one; how many are shown depends on the kind of destination.',
    orientation: ['Buttons one below the other, or side by side. Default: `vertical`.', 'vertical'],
    convert,
  },
  FeedItem: {
    '': 'A line of a feed card.',
    title: ['Text of the line.', 'Release 1.2'],
    url: ['Page that the line opens.', 'https://example.com/1.2'],
    pictureUrl: ['Address of its picture.', 'https://example.com/1.2.png'],
  },
  FeedCard: { '': 'A card with several lines, each with a picture.', items: 'At least one line.' },
  Image: { '': 'A picture.', mediaId },
  Voice: { '': 'A voice message (AMR).', mediaId, durationMs: ['Length in milliseconds; 1 to 59,999.', 3_000] },
  File: { '': 'A file.', mediaId, fileName: ['Name that is shown.', 'report.pdf'] },
  OaHead: {
    '': 'The head of a form.',
    text: ['Text of the head.', 'Invoice'],
    color: ['Colour: eight hex digits, alpha first.', 'FF5C6BC0'],
  },
  OaStatus: {
    '': 'The status bar of a form; for at most five people.',
    text: ['Text of the status.', 'open'],
    color: ['Colour: eight hex digits, alpha first.', 'FF5C6BC0'],
  },
  OaRow: { '': 'A row of a form.', key: ['Its name.', 'Amount:'], value: ['Its value.', '120 CNY'] },
  OaRich: { '': 'A large figure.', num: ['The figure.', '15.6'], unit: ['Its unit.', 'CNY'] },
  OaBody: {
    '': 'The body of a form.',
    title: ['Its title.', 'Invoice 7'],
    form: 'Its rows.',
    rich: 'A large figure.',
    content: ['Its text.', 'To be paid this week.'],
    imageMediaId: ['Media id of its picture.', '@lADPDe7s2ySi18PNA6XNBXg'],
    fileCount: ['Number of attached files that is shown.', 1],
    author: ['Who wrote it.', '张三'],
  },
  Oa: {
    '': 'A work notification with a form.',
    url: ['Page that it opens.', 'https://example.com/invoices/7'],
    pcUrl: ['Page that it opens on a computer, if that is another.', 'https://example.com/invoices/7?pc'],
    head: 'Its head.',
    status: 'Its status bar.',
    body: 'Its body.',
  },
  SendMessage: {
    '': 'A message: exactly one content, and where it goes.',
    to: 'Where it goes.',
    text: ['Plain text. Long texts are split.', '你好'],
    markdown: 'Markdown. Long texts are split.',
    link: 'A card that opens a page.',
    actionCard: 'A card with buttons.',
    feedCard: 'A card with several lines.',
    image: 'A picture.',
    voice: 'A voice message.',
    file: 'A file.',
    oa: 'A work notification with a form.',
    mention: 'Who is to be notified.',
    expiresAt: ['What is not sent by then is not sent any more: ISO 8601 with a zone.', TIME],
    priority: ['`high` goes before what waits for the same destination. Default: `normal`.', 'normal'],
    confirm: [
      'True: DingTalk is asked whom a work notification reached, which is one more call. Default: false.',
      true,
    ],
    strict: [
      'True: people whom DingTalk does not know are refused; otherwise they are a warning. Default: false.',
      true,
    ],
    delivery: [
      'When DingTalk gave no answer: send again (`at-least-once`, the default) or stop (`at-most-once`).',
      'at-least-once',
    ],
  },
  ByUserId: { '': 'A person by userId.', userId },
  ByMobile: { '': 'A person by mobile number.', mobile: ['The mobile number.', '13800000001'] },
  ByUnionId: { '': 'A person by unionId.', unionId: ['The unionId.', 'union-zhangsan'] },
  PersonRef: {
    '': 'A person: by userId, mobile number or unionId, or a bare text that is looked up as one of them. At most 128 characters.',
  },
  DispatchTask: {
    '': 'A task to dispatch.',
    ...task,
    assignees: 'Who has to do it; 1 to 100 people.',
    participants: 'Who follows it; at most 100 people.',
    creator: 'Who gave the task; people read this name.',
    notify: 'Destinations that hear of it.',
    app,
  },
  StepChange: {
    '': 'How far one assignee is.',
    userId,
    state: ['The new state of the assignee.', 'done'],
  },
  ChangeTask: {
    '': 'What is to be changed; at least one member beside `comment`. `null` takes a field away.',
    title: task.title,
    description: task.description,
    due: task.due,
    remindBefore: task.remindBefore,
    priority: task.priority,
    url: task.url,
    completion: task.completion,
    add: 'Who becomes an assignee.',
    remove: ['Who is no assignee any more, by userId or unionId.', ['zhangsan']],
    step: 'How far one assignee is.',
    status: ['The whole task: done, cancelled, or open again.', 'done'],
    comment: ['A word about it, kept in the history. At most 1,000 characters.', 'by telephone'],
  },
  LinkRules: {
    '': 'How long the download link of the file lives, where one is made.',
    days: ['Days from now; 1 to 90.', 7],
    views: ['How often it may be opened; 1 to 100,000.', 10],
  },
  RequestUpload: {
    '': 'A file that will be uploaded, and where it goes.',
    to: 'Where the file goes.',
    fileName: ['Name that is shown; of a path, the last part.', 'report.pdf'],
    size: ['Exact size in bytes; 1 to 5,368,709,120 (5 GiB).', 2_000],
    contentType: ['Media type. Default: `application/octet-stream`.', 'application/pdf'],
    caption: ['A word with the file. At most 1,000 characters.', 'to be signed'],
    mention: 'Who is to be notified.',
    link: 'How long a download link lives.',
  },
  FileRules: {
    '': "What a destination takes of shared files; DingTalk's own limits hold all the same.",
    maxBytes: ['Largest file in bytes; a larger one becomes a card with a link.', 1_000_000],
    types: ['Extensions that go as files, in lower case without a dot.', ['pdf']],
    linkOnly: ['True: never the file itself, always a card with a link.', false],
  },
  MergeRule: {
    '': 'Texts that come close together go as one message, with counts.',
    windowMs: ['How close, in milliseconds; 1,000 to 3,600,000.', 5_000],
  },
  Pace: {
    '': 'How many messages go out in which time.',
    messages: ['Number of messages; 1 to 1,000.', 20],
    perMs: ['In so many milliseconds; 1 to 86,400,000.', 60_000],
    penaltyMs: ['Pause after a "too fast" of DingTalk, in milliseconds; at most 86,400,000.', 600_000],
  },
  Robot: {
    '': 'A custom robot of a group.',
    accessToken: ['The value behind `access_token=` in the address of the robot.', 'simopsrobot'],
    secret: ['The `SEC…` text, when the robot signs.', 'SECsimopsrobot'],
  },
  CustomRobot: {
    '': 'A custom robot of a group.',
    kind: kind('custom-robot'),
    accessToken: ['The value behind `access_token=` in the address of the robot.', 'simopsrobot'],
    secret: ['The `SEC…` text, when the robot signs.', 'SECsimopsrobot'],
    pace,
    keyword,
    external,
    mentionInText,
    files,
    merge,
  },
  CustomRobotPool: {
    '': 'Several custom robots of one group: a message goes by the one that is free first.',
    kind: kind('custom-robot-pool'),
    robots: 'The robots; 1 to 20.',
    pace,
    keyword,
    external,
    mentionInText,
    files,
    merge,
  },
  RobotGroup: {
    '': "A group, by the app's robot.",
    kind: kind('robot-group'),
    openConversationId: conversationId,
    app,
    files,
    merge,
  },
  RobotUsers: {
    '': "People, each one to one, by the app's robot.",
    kind: kind('robot-users'),
    userIds,
    app,
    files,
    merge,
  },
  WorkNotification: {
    '': 'Work notifications: needs `userIds`, `departmentIds` or `all`.',
    kind: kind('work-notification'),
    userIds,
    departmentIds,
    all: toAll,
    confirm,
    app,
    files,
    merge,
  },
  Conversation: {
    '': 'The legacy calls to a conversation, for apps that still may: needs `chatId`, or `sender` and `cid`.',
    kind: kind('conversation'),
    chatId,
    sender,
    cid,
    app,
    files,
    merge,
  },
  Destination: { '': 'A named target of messages.' },
  Hmac: {
    '': 'How the sender signs: HMAC-SHA256 of the raw body, in hex.',
    secret: ['What it signs with.', 'a-long-secret'],
    header: ['Header with the signature. Default: that of the kind, else `X-Signature`.', 'X-Hub-Signature-256'],
    timestampHeader: ['Header with the Unix seconds, where `<seconds>:<body>` is signed.', 'X-Timestamp'],
  },
  Templates: {
    '': 'Templates of Liquid over the members of the body; all of it is `body`.',
    title: ['Title of the message. At most 4,000 signs.', '{{ job }}'],
    text: [
      'Its text in Markdown; where it makes none, nothing is sent. At most 4,000 signs.',
      '**{{ job }}** {{ result }}',
    ],
    identity: ['What tells a repeat from something new. At most 4,000 signs.', '{{ id }}'],
  },
  RobotSource: {
    '': 'For senders that know a custom robot of DingTalk: they change the address, nothing else.',
    kind: kind('dingtalk-robot'),
    ...source,
    secret: [
      'The secret that the sender signs with, `SEC…`. Left out: the key in the address is proof enough.',
      'SECsource',
    ],
  },
  AlertmanagerSource: {
    '': 'For Alertmanager and for the webhook of Grafana.',
    kind: kind('alertmanager'),
    ...source,
    hmac: 'How Grafana signs.',
  },
  SnsSource: {
    '': 'For topics of SNS, and with them for alarms of CloudWatch.',
    kind: kind('sns'),
    ...source,
    topics: ['ARNs of the topics that may deliver; 1 to 20.', ['arn:aws:sns:eu-west-1:123456789012:alarms']],
    raw: ['True: take raw delivery too, which nobody signs. Default: false.', false],
  },
  JsonSource: {
    '': 'For any sender of JSON, of a form or of a text.',
    kind: kind('json'),
    ...source,
    hmac: 'How the sender signs.',
    template: 'What becomes of the body. Left out: its title and its text by their usual names.',
  },
  PutSource: { '': 'Where a sender that exists is let in, and where what it says goes.' },
} as const satisfies Described<typeof REQUESTS>;

const target = {
  destination: destinationName,
  status: ['What became of the file there.', 'shared'],
  way: ['How the file went.', 'file'],
  code: ['Why it was refused, or went another way: stable code.', 'file_too_large'],
  reason: ['The same in words.', 'DingTalk takes 20971520 bytes'],
  possibleDuplicate: ['True: it was sent again although an earlier send may have arrived.', true],
} as const;

export const ANSWER_TEXTS = {
  Attempt: {
    '': 'One try to hand a message to DingTalk.',
    at: ['When, ISO 8601 UTC.', TIME],
    outcome: ['What came of it.', 'sent'],
    code: ["DingTalk's code, or one of dingdock's.", '310000.keyword'],
    class: ['The kind of the code, by which dingdock decides what to do.', 'content'],
    reason,
    remedy,
  },
  PersonOutcome: {
    '': 'What became of the message for one person.',
    userId,
    outcome: ['What DingTalk said of the person.', 'accepted'],
  },
  DeliveryView: {
    '': 'What became of a message at one destination.',
    destination: destinationName,
    status: ['`unknown`: no answer came, and sending again could send twice.', 'sent'],
    attempts: 'Each try, the oldest first; at most 40 are kept.',
    possibleDuplicate: ['True: it was sent again although an earlier try may have arrived.', true],
    people: 'What became of each person, where DingTalk says so.',
    reach: 'Whom it reached, once it is over and where people were named.',
    warnings: 'What of it was not as it was meant.',
    mergedInto: ['Id of the message that this one went with.', MESSAGE],
    waits: 'What it waits for before it is sent, and until when; left out when it waits for its turn only.',
  },
  Reach: {
    '': 'Whom a message reached as far as DingTalk says; people by userId, or by the number that they were mentioned by.',
    reached: ['DingTalk took it for these.', ['zhangsan']],
    notReached: ['DingTalk did not take it for these.', ['nobody']],
    unconfirmed: ['DingTalk does not say, or was not asked.', ['lisi']],
  },
  Warning: {
    '': 'What of an accepted request will not be as it is meant.',
    path: ['Where it stands in the request.', 'markdown.text'],
    code: ['Stable, machine-readable reason.', 'table_on_phones'],
    message: [
      'What happens, and what to do.',
      'phones show a table as its signs; set "convert": true to make it a list',
    ],
  },
  Waits: {
    '': 'What a message waits for.',
    for: [
      '`quota`: what is left of the month is kept for messages with high priority; `pause`: DingTalk asked for one; `pace`: its rate limit; `retry`: the next try; `merge`: messages to go with it.',
      'quota',
    ],
    quota: ["Which of DingTalk's quotas of the month.", 'api'],
    reason: ['Code of the last failed try.', '660026'],
    until: ['When it goes on, ISO 8601 UTC.', '2026-01-31T16:00:00.000Z'],
  },
  Links: { '': links, self: ['Path of the record.', `/messages/${MESSAGE}`] },
  MessageView: {
    '': 'A message and what became of it.',
    id: ['Id of the message.', MESSAGE],
    status: ['On its way while any delivery is, else the worst that happened.', 'sent'],
    createdAt: ['When it was accepted, ISO 8601 UTC.', TIME],
    expiresAt: ['When it expires, ISO 8601.', TIME],
    deliveries: 'What became of it at each destination; absent while nobody waited for the outcome.',
    warnings: 'What phones will not show as it is meant; told by the request that sends it.',
    links,
  },
  MessageList: { '': 'A page of messages.', messages: 'The newest first.', cursor },
  Recall: {
    '': 'Whether a message was taken back at one destination.',
    destination: destinationName,
    outcome: ['Whether it was taken back.', 'recalled'],
    reason: ['Why not.', 'DingTalk cannot recall messages of this kind'],
  },
  Recalled: { '': 'What was taken back.', id: ['Id of the message.', MESSAGE], deliveries: 'By destination.' },
  Readers: {
    '': 'Who has read a message at one destination.',
    destination: destinationName,
    read: ['userIds of who has read it.', ['zhangsan']],
    unread: ['userIds of who has not.', ['lisi']],
    notReached: ['userIds of whom it did not reach.', ['wangwu']],
    reason: ['Why DingTalk does not tell.', 'DingTalk tells nothing about messages of this kind'],
  },
  Receipts: { '': 'Who has read a message.', id: ['Id of the message.', MESSAGE], deliveries: 'By destination.' },
  Person: { '': 'A person.', ...person },
  Assignee: { '': 'An assignee and how far they are.', ...person, state: ['How far the person is.', 'accepted'] },
  HistoryEntry: {
    '': 'What one change did.',
    version: ['`version` of the task after it.', 2],
    at: ['When, ISO 8601 UTC.', TIME],
    by: ['Who: a userId, `key:<name>` of an API key, `schedule` or `dingtalk`.', 'zhangsan'],
    via: ['By which way.', 'page'],
    action: ['What was done.', 'accepted'],
    assignee: ['userId of the assignee whose state changed.', 'zhangsan'],
    status: ['What the whole task became, when that is another status.', 'accepted'],
    comment: ['What the person wrote.', 'tomorrow'],
    changed: ['The fields that an edit changed, or who came (`+lisi`) and went (`-lisi`).', ['due']],
  },
  Trouble: {
    '': 'Why something that follows the task is behind.',
    since: ['Since when, ISO 8601 UTC.', TIME],
    tries: ['How often it was tried.', 3],
    code,
    reason,
    remedy,
  },
  Skipped: {
    '': 'Somebody who was asked for and could not be assigned.',
    person: ['As the request named them.', 'nobody'],
    reason: ['Why not.', '"nobody" is neither a userId nor a unionId that DingTalk knows: check it'],
  },
  TaskLinks: {
    '': links,
    self: ['Path of the task.', `/tasks/${TASK}`],
    message: ['Path of the message that told of it.', `/messages/${MESSAGE}`],
    page: ['Address of a page that only shows the task.', `https://dock.example.com/t/${TASK}?e=1&s=x`],
    pages: [
      "Each assignee's own page, by userId: who holds it acts as that person. For keys with `tasks:write` that reach them; not in lists.",
      { zhangsan: `https://dock.example.com/t/${TASK}?p=zhangsan&e=1&s=x` },
    ],
  },
  TaskView: {
    '': 'A task and its state.',
    ...task,
    id: ['Id of the task.', TASK],
    number: ['Short number by which people call it.', 12],
    createdAt: ['When it was dispatched, ISO 8601 UTC.', TIME],
    app: ['Name of the DingTalk app.', 'default'],
    assignees: 'Who has to do it, and how far they are.',
    participants: 'Who follows it.',
    creator: 'Who gave it.',
    notify: ['Destinations that hear of it.', ['ops']],
    skipped: 'Who could not be assigned.',
    status: ['State of the whole task.', 'accepted'],
    overdueSince: ['Since when it is overdue, ISO 8601; absent when it is not.', TIME],
    code: ['Why it failed: stable code.', 'unknown_person'],
    reason: ['Why it failed, in words.', 'DingTalk refused the to-do'],
    version: ['Number of changes, this state included: 1, 2, 3 …', 2],
    history: 'What happened, the oldest first.',
    todoId: ["DingTalk's id of the to-do.", 'task0123456789'],
    cardId: ["dingdock's id of the task's card in DingTalk.", 'card0123456789'],
    troubles: 'What follows the task and is behind, by its name (`todo`, `card`, `message`, `bus` …).',
    links,
  },
  TaskList: { '': 'A page of tasks.', tasks: 'By due time, the open ones first.', cursor },
  Upload: {
    '': 'A request that uploads the file.',
    method: ['Method of the request.', 'PUT'],
    url: ['Its address; takes one file of just this size and type.', 'https://bucket.example.com/upload/x'],
    headers: ['Headers that it needs.', { 'content-type': 'application/pdf' }],
    expiresAt: ['Until when the address is good, ISO 8601 UTC.', TIME],
  },
  UploadView: { '': 'Where to upload a file.', id: ['Id of the share.', SHARE], upload: 'The upload.', links },
  ShareAttempt: {
    '': 'One try to share the file.',
    at: ['When, ISO 8601 UTC.', TIME],
    code: ['What stopped it: stable code.', 'drive_busy'],
  },
  DriveFile: {
    '': "Where a file stands in DingTalk's drive.",
    spaceId: ['Id of the space.', '12345'],
    dentryId: ['Id of the file in it.', '67890'],
  },
  MessageLinks: {
    '': 'The messages that the file went with.',
    messages: ['Their paths.', [`/messages/${MESSAGE}`]],
  },
  TargetView: {
    '': 'What became of a file at one destination.',
    ...target,
    drive: "Where it stands in DingTalk's drive.",
    links,
  },
  LinkView: {
    '': 'The download link of a file.',
    url: ['Its address.', 'https://dock.example.com/f/f_x'],
    expiresAt: ['Until when it is good, ISO 8601 UTC.', TIME],
    maxViews: ['How often it may be opened; absent: without limit.', 10],
    views: ['How often it was opened.', 1],
    revokedAt: ['When it was revoked, ISO 8601 UTC.', TIME],
  },
  ShareView: {
    '': 'An upload and what became of it.',
    id: ['Id of the share.', SHARE],
    bucket: ['Bucket of the file.', 'uploads'],
    key: ['Its key in the bucket.', 'share/project/report.pdf'],
    eTag: ["S3's ETag of the file; empty until it is there.", 'd41d8cd98f00b204e9800998ecf8427e'],
    versionId: ["S3's version of the file.", 'null'],
    size: ['Size in bytes.', 2_000],
    createdAt: ['When the share began, ISO 8601 UTC.', TIME],
    status: ['`awaiting`: nothing is uploaded yet. `partly`: refused at some destinations.', 'shared'],
    fileName: ['Name that is shown.', 'report.pdf'],
    sha256: [
      'SHA-256 of the content, in hex digits.',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ],
    caption: ['The word with it.', 'to be signed'],
    mention: 'Who is notified.',
    attempts: 'Each try, the oldest first.',
    code: ['Why all of it was refused: stable code.', 'no_destination_in_key'],
    reason: ['The same in words.', 'the key does not say where to'],
    targets: 'What became of it at each destination.',
    link: 'Its download link, where one was made.',
    links,
  },
  ShareList: { '': 'A page of shares.', shares: 'The newest first.', cursor },
  RobotView: { '': 'A robot without its secrets.', signs },
  CustomRobotView: {
    '': 'A custom robot without its secrets.',
    name,
    kind: kind('custom-robot'),
    signs,
    pace,
    keyword,
    external,
    mentionInText,
    files,
    merge,
  },
  CustomRobotPoolView: {
    '': 'Custom robots of one group, without their secrets.',
    name,
    kind: kind('custom-robot-pool'),
    robots: 'The robots.',
    pace,
    keyword,
    external,
    mentionInText,
    files,
    merge,
  },
  RobotGroupView: {
    '': "A group, by the app's robot.",
    name,
    kind: kind('robot-group'),
    openConversationId: conversationId,
    app,
    files,
    merge,
  },
  RobotUsersView: { '': "People, by the app's robot.", name, kind: kind('robot-users'), userIds, app, files, merge },
  WorkNotificationView: {
    '': 'Work notifications.',
    name,
    kind: kind('work-notification'),
    userIds,
    departmentIds,
    all: toAll,
    confirm,
    app,
    files,
    merge,
  },
  ConversationView: {
    '': 'The legacy calls to a conversation.',
    name,
    kind: kind('conversation'),
    chatId,
    sender,
    cid,
    app,
    files,
    merge,
  },
  DestinationView: { '': 'A destination without its secrets.' },
  Group: {
    '': 'A group that events spoke of.',
    app: ['Name of the DingTalk app that heard of it.', 'default'],
    openConversationId: conversationId,
    chatId,
    title: ['Title of the group.', '项目群'],
    owner: ['userId of its owner.', 'zhangsan'],
    knownMembers: ['How many people joined as far as events told; a hint.', 3],
    heardAt: ['When an event last spoke of it, ISO 8601 UTC.', TIME],
  },
  ConversationList: { '': 'Groups.', items: 'The groups.' },
  SourceSeen: {
    '': 'What came by a source.',
    received: ['How many deliveries were taken.', 12],
    refused: ['How many were refused.', 1],
    lastAt: ['When the last one came, ISO 8601 UTC.', TIME],
    lastProblem: [
      'The last thing that went wrong.',
      { at: TIME, code: 'bad_signature', reason: 'The signature is not that of the message.' },
    ],
  },
  SourceView: {
    '': 'A source without its secrets.',
    name: ['Name of the source.', 'alarms'],
    kind: kind('alertmanager'),
    to: ['Destinations of what it says.', ['ops']],
    language: ['Language of what dingdock adds.', 'zh'],
    timeZone: ['Zone of times in messages.', 'Asia/Shanghai'],
    signs: ['Whether deliveries have to be signed.', false],
    topics: ['ARNs of its topics.', ['arn:aws:sns:eu-west-1:123456789012:alarms']],
    raw: ['Whether raw delivery is taken.', false],
    template: ['What becomes of a body.', { text: '{{ job }}' }],
    key: ['Its key; told once.', 'ds_alarms_0123456789abcdef0123456789abcdef0123456789abcdef'],
    address: ['What the sender is given.', 'https://dock.example.com/in/alarms/<key>'],
    seen: 'What came by it.',
  },
  SourceList: { '': 'Sources.', items: 'The sources.' },
  PreviewedMessage: {
    '': 'A message as it would be sent.',
    title: ['Its title.', '🔴 告警 HighCPU'],
    text: ['Its text.', '### 🔴 告警：HighCPU'],
    to: ['Destinations that would get it.', ['ops']],
    bytes: ['Size as DingTalk counts it; the largest of all destinations.', 412],
    calls: ['Calls to DingTalk that it takes.', 1],
    mentions: ['Who would be mentioned.', ['lisi']],
    priority: ['`high` goes before what waits.', 'normal'],
  },
  SourcePreview: {
    '': 'What a body would become.',
    messages: 'The messages.',
    note: ['Why it does not look as it was meant to.', 'undefined filter: upcas'],
  },
  Health: { '': 'The API answers.', status: ['Always `ok`.', 'ok'] },
  Fault: {
    '': 'One thing that is wrong with a request.',
    path: ['Where in the request; empty: the request itself.', 'markdown.text'],
    code: ['Stable, machine-readable code.', 'missing_field'],
    message: ['What is wrong and what would be right.', '"markdown.text" is missing; it takes a text such as "…"'],
    calls: ['With `too_many_calls`: how many calls to DingTalk it would take.', 98],
    most: ['With `too_many_calls`: the most there may be, a setting of the stage.', 20],
  },
  Problem: {
    '': 'Why a request was not carried out (RFC 9457).',
    type: ['Stable name of the problem.', '/problems/invalid_request'],
    title: ['The problem in words.', 'The request has faults'],
    status: ['HTTP status.', 422],
    code: ['Stable, machine-readable code.', 'invalid_request'],
    remedy: ['What to do about it.', 'Correct the 2 entries of "errors" and send the request again.'],
    errors: 'Everything that is wrong with the request.',
  },
} as const satisfies Described<typeof ANSWERS>;

export const QUERY_TEXTS = {
  ListMessages: {
    '': 'Which messages.',
    to: ['Only those to this destination.', 'ops'],
    owner: ['Only those of this owner of keys; `me` is the owner of the key that asks.', 'me'],
    status: [
      'Only those with a delivery in this state: `queued` are those that are put off or that a look found waiting. What was sent is in no list of its own.',
      'failed',
    ],
    day: ['Only those of a day (UTC).', '2026-01-31'],
    limit,
    cursor: cursorIn,
  },
  ListTasks: {
    '': 'Which tasks.',
    assignee: ['Only those of this person, by userId; what they still have to do first.', 'zhangsan'],
    status: ['`open`, `closed`, `overdue`, or a status of the whole task.', 'open'],
    dueBefore: ['Only those due before this time: ISO 8601.', TIME],
    cursor: cursorIn,
  },
  ListShares: {
    '': 'Which shares.',
    day: ['A day (UTC). Default: today.', '2026-01-31'],
    limit,
    cursor: cursorIn,
  },
  ListConversations: {
    '': 'Which groups.',
    title: ['Only groups whose title begins so.', '项目'],
    app: ['Only those of this app. Default: the first.', 'default'],
  },
} as const satisfies Described<typeof QUERIES>;

export const PROBLEM_TEXTS: Record<ProblemCode, string> = {
  invalid_json: 'The body is not JSON.',
  invalid_query: 'The query has faults.',
  invalid_cursor: 'The cursor is not one of this list.',
  invalid_idempotency_key: 'The Idempotency-Key cannot be used.',
  invalid_request: 'The request has faults.',
  invalid_name: 'This is no name for a destination.',
  in_the_past: 'A time is over already.',
  too_many_calls:
    'The message would take more calls to DingTalk than one request may: see `calls` and `most` in errors.',
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
  unknown_task: 'There is no such task.',
  unknown_share: 'There is no such share.',
  no_link: 'The share has no download link.',
  unknown_destination: 'There is no such destination.',
  unknown_source: 'There is no such source.',
  not_an_assignee: 'The person is not assigned to the task.',
  task_closed: 'The task is closed.',
  not_due: 'The task is not overdue.',
  nobody_left: 'The task would have no assignee.',
  too_many_people: 'The task would have too many assignees.',
};
