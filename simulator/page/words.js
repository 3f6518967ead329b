import { LOOKS_WORDS, speakerOf } from './looks/looks-words.js';

/** Everything the page says, in both languages; `data-t` in index.html names a key. */
const words = {
  ...LOOKS_WORDS,
  title: ['DingTalk simulator', '钉钉模拟器'],
  skip: ['To the conversation', '跳到会话'],
  live: ['live', '实时'],
  lost: ['not connected', '未连接'],
  connecting: ['connecting', '连接中'],
  be: ['You are', '你是'],
  chats: ['Chats', '会话'],
  groups: ['Groups', '群聊'],
  mine: ['Mine', '我的'],
  robot: ['App robot', '应用机器人'],
  work: ['Work notifications', '工作通知'],
  todos: ['To-dos', '待办'],
  files: ['Files', '文件'],
  talk: ['Conversation', '消息'],
  hood: ['Under the hood', '幕后'],
  faults: ['Faults', '故障'],
  reset: ['Reset', '重置'],
  language: ['中文', 'English'],
  theme_auto: ['Theme: auto', '主题：自动'],
  theme_light: ['Theme: light', '主题：浅色'],
  theme_dark: ['Theme: dark', '主题：深色'],
  callbacks: ['Callbacks to', '回调地址'],
  nobody: ['nobody yet', '尚无'],
  clock: ['Clock', '时钟'],
  realTime: ['real time', '真实时间'],
  write: ['Write to the robot…', '给机器人发消息…'],
  writeGroup: ['@robot …', '@机器人 …'],
  message: ['Message to the robot', '给机器人的消息'],
  attach: ['Attach a file', '附件'],
  send: ['Send', '发送'],
  sending: ['sending…', '发送中…'],
  goesAlong: ['{} goes with the next message.', '{} 将随下一条消息发送。'],
  answered: ["The robot's owner answered in {} ms.", '机器人服务在 {} 毫秒内应答。'],
  notTaken: ["Shown here, but the robot's owner did not take it: {}", '已显示，但机器人服务未接收：{}'],
  newer: ['New messages ↓', '新消息 ↓'],
  none: ['nothing yet', '暂无消息'],
  open: ['Open', '打开'],
  notified: ['notified {}', '提醒了 {}'],
  recalled: ['recalled', '已撤回'],
  onPhones: ['on phones: {}', '手机端：{}'],
  'lost-raw-html': ['raw HTML, the message may be blank', '含 HTML 标签，可能整条空白'],
  'lost-html-link': ['an <a> link cannot be tapped', '<a> 链接无法点击'],
  'lost-table': ['a table shows as pipes', '表格显示为竖线文本'],
  'lost-code-fence': ['a code block is not drawn', '代码块不会渲染'],
  'lost-rule': ['a rule is not drawn', '分隔线不会渲染'],
  'lost-link-definition': ['a line “[x]: address” disappears', '“[x]: 地址” 这一行会消失'],
  'lost-feed-entries': ['more than 9 entries do not show', '超过 9 条无法显示'],
  'lost-card-links': ['with one button, links in the text are dead', '只有一个按钮时，正文链接失效'],
  client: ['Client', '客户端'],
  desktop: ['Desktop', '桌面端'],
  phone: ['Phone, worst case', '手机端（最差情况）'],
  looks: ['Looks', '外观'],
  inList: ['In the chat list', '会话列表'],
  asPush: ['As a push', '推送通知'],
  noPush: ['The sender asked for no push.', '发送方未要求推送。'],
  api: ['API', 'API'],
  pushed: ['push', '推送'],
  toPush: ['The push {}', '推送 {}'],
  read: ['read {} of {}', '{}/{} 已读'],
  readOne: ['read', '已读'],
  unread: ['unread', '未读'],
  actionName: ['Name of the button’s action', '按钮动作名'],
  tap: ['Tap', '点击'],
  tapped: ['tapped: {}', '已点击：{}'],
  done: ['done', '已完成'],
  overdue: ['overdue', '已逾期'],
  todoOpen: ['open', '待处理'],
  for: ['For', '执行人'],
  from: ['From', '创建人'],
  due: ['Due', '截止'],
  tick: ['Done: {}', '完成：{}'],
  openCount: ['{} open', '{} 项待处理'],
  fileCount: ['Files: {}', '{} 个文件'],
  noTodos: ['Nobody has given you anything to do.', '没有待办。'],
  noFiles: ['No file has reached you yet.', '还没有收到文件。'],
  noWork: ['No work notification has reached you yet.', '还没有收到工作通知。'],
  noTalk: ['Nothing has been said here yet.', '这里还没有消息。'],
  tryTask: ['Give somebody a task:', '派一个任务：'],
  tryMessage: ['Send a message through dingdock:', '通过 dingdock 发消息：'],
  tryFile: ['Drop a file into the bucket:', '把文件放进存储桶：'],
  trySay: ['Or let a person write to the robot, below or by:', '或让人给机器人发消息，在下方或用命令：'],
  filter: ['Search calls, answers, events…', '搜索调用、应答、事件…'],
  all: ['All', '全部'],
  calls: ['API calls', 'API 调用'],
  pushes: ['Callback pushes', '回调推送'],
  failed: ['Failed', '失败'],
  noTraffic: [
    'No call yet. Each API call and each callback push shows here with its answer.',
    '暂无调用。每次 API 调用和回调推送都会显示在这里。',
  ],
  noMatch: ['Nothing matches the filter.', '没有符合筛选的记录。'],
  answer: ['Answer', '应答'],
  refusedBy: ['Refused: {} ({})', '被拒：{}（{}）'],
  toMessage: ['Message in {}', '消息：{}'],
  toCall: ['The API call {}', 'API 调用 {}'],
  copyCurl: ['Copy as curl', '复制为 curl'],
  copy: ['Copy', '复制'],
  copied: ['Copied', '已复制'],
  again: ['Push again', '再次推送'],
  body: ['Body', '内容'],
  query: ['Query', '查询参数'],
  decoded: ['Decrypted event', '解密后的事件'],
  tries: ['Tries', '尝试'],
  signatureGood: ['answer verified: {}', '应答验证通过：{}'],
  signatureBad: ['answer refused: {}', '应答被拒：{}'],
  nextTry: ['next try in {} s', '{} 秒后重试'],
  limits: ['Limits', '限额'],
  perMinute: ['{} of {} messages a minute', '每分钟 {}/{} 条消息'],
  blocked: ['blocked for {} s', '限流中，还有 {} 秒'],
  month: ['API calls', 'API 调用'],
  hooks: ['Webhook & Stream', 'Webhook 与 Stream'],
  perSecond: ['{} of {} calls a second', '每秒 {}/{} 次调用'],
  perMonth: ['{} of {} calls a month', '每月 {}/{} 次'],
  faultHelp: ['What is to go wrong with the next calls, and how often.', '让接下来的调用出错，以及次数。'],
  path: ['Path (a * at the end matches the rest)', '路径（末尾 * 匹配其余）'],
  kind: ['What happens', '故障类型'],
  times: ['Times', '次数'],
  value: ['ms, code or HTTP status', '毫秒、错误码或 HTTP 状态码'],
  add: ['Add', '添加'],
  close: ['Close', '关闭'],
  remove: ['Remove', '移除'],
  removeAll: ['Remove all', '全部移除'],
  noFaults: ['No fault is waiting.', '没有待触发的故障。'],
  left: ['{} left', '剩余 {}'],
  at_once: ['At once', '立即'],
  revoke: ['Revoke all tokens', '吊销所有令牌'],
  hour: ['Clock +1 h', '时钟 +1 小时'],
  minute: ['Clock +1 min', '时钟 +1 分钟'],
  quotaGone: ['Use up the month’s quota', '用完本月额度'],
  quotaBack: ['Give the quota back', '恢复额度'],
  latency: ['Latency (ms)', '延迟（毫秒）'],
  errcode: ['Error code, old host', '错误码（旧接口）'],
  code: ['Error code, new host', '错误码（新接口）'],
  status: ['HTTP status', 'HTTP 状态码'],
  hang: ['Hangs without an answer', '挂起不应答'],
  'drop-after-accept': ['Accepts, then cuts the line', '受理后断线'],
  throttle: ['Too fast', '限流'],
  'html-ban': ['Ban page (HTML)', '封禁页面（HTML）'],
  punish: ['Ban answer (JSON)', '封禁应答（JSON）'],
  'revoke-token': ['Revokes the token used', '吊销所用令牌'],
  make: ['Make', '新建'],
  makeEvent: ['Event', '事件'],
  makePerson: ['Person', '成员'],
  makeGroup: ['Group', '群'],
  makeRobot: ['Robot', '机器人'],
  makeFile: ['File', '文件'],
  makeIt: ['Make it', '创建'],
  EventType: ['Kind of event', '事件类型'],
  members: ['Members (userIds, by commas)', '成员（userId，逗号分隔）'],
  fields: ['Its members (JSON)', '事件字段（JSON）'],
  userId: ['userId', 'userId'],
  name: ['Name', '名称'],
  mobile: ['Mobile', '手机号'],
  openConversationId: ['openConversationId', 'openConversationId'],
  groupTitle: ['Title', '群名称'],
  accessToken: ['access_token', 'access_token'],
  conversation_: ['Group', '所在群'],
  secret: ['Secret (empty: none)', '加签密钥（可留空）'],
  keywords: ['Keywords (by commas)', '关键词（逗号分隔）'],
  mediaType: ['Kind of media', '媒体类型'],
  chosenFile: ['File', '文件'],
  made: ['Made: {}', '已创建：{}'],
  pushedTo: ['The app answered in {} ms.', '应用在 {} 毫秒内应答。'],
  notJson: ['This is not a JSON object.', '不是 JSON 对象。'],
  pickFile: ['Choose a file first.', '请先选择文件。'],
  confirmReset: [
    'Forget all messages, files, to-dos and settings of the simulator?',
    '清空模拟器的所有消息、文件、待办和设置？',
  ],
  'custom-robot': ['custom robot', '自定义机器人'],
  'app-robot': ['app robot', '应用机器人'],
  'work-notification': ['work notification', '工作通知'],
  conversation: ['enterprise', '企业消息'],
  'session-webhook': ['session webhook', '会话机器人'],
  drive: ['drive', '钉盘'],
};

/** @type {'zh' | 'en'} */
let chosen = firstLanguage();

/** The words for a key, with `{}` filled in from left to right. */
export function t(key, ...values) {
  return speakerOf(words, chosen)(key, ...values);
}

export function language() {
  return chosen;
}

export function locale() {
  return chosen === 'zh' ? 'zh-CN' : 'en-GB';
}

export function switchLanguage() {
  chosen = chosen === 'zh' ? 'en' : 'zh';
  localStorage.setItem('language', chosen);
  speak();
}

function firstLanguage() {
  return (localStorage.getItem('language') ?? navigator.language).startsWith('zh') ? 'zh' : 'en';
}

/** Fills in what stands in the page itself. */
export function speak() {
  document.documentElement.lang = chosen === 'zh' ? 'zh-CN' : 'en';
  document.title = t('title');
  for (const node of document.querySelectorAll('*')) {
    if (!(node instanceof HTMLElement)) continue;
    const { t: text, tLabel: label, tHint: hint } = node.dataset;
    if (text !== undefined) node.textContent = t(text);
    if (label !== undefined) node.setAttribute('aria-label', t(label));
    if (hint !== undefined) node.setAttribute('placeholder', t(hint));
  }
}
