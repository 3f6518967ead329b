/** Everything the page says, in both languages; `data-t` in index.html names a key. */
const words = {
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
  earlier: ['Earlier messages', '更早的消息'],
  newer: ['New messages ↓', '新消息 ↓'],
  image: ['picture', '图片'],
  none: ['nothing yet', '暂无消息'],
  open: ['Open', '打开'],
  notified: ['notified {}', '提醒了 {}'],
  recalled: ['recalled', '已撤回'],
  onPhones: ['on phones: {}', '手机端：{}'],
  'raw-html': ['raw HTML, the message may be blank', '含 HTML 标签，可能整条空白'],
  'html-link': ['an <a> link cannot be tapped', '<a> 链接无法点击'],
  table: ['a table shows as pipes', '表格显示为竖线文本'],
  'code-fence': ['a code block is not drawn', '代码块不会渲染'],
  'link-definition': ['a line “[x]: address” disappears', '“[x]: 地址” 这一行会消失'],
  'feed-entries': ['more than 9 entries do not show', '超过 9 条无法显示'],
  read: ['read {} of {}', '{}/{} 已读'],
  readOne: ['read', '已读'],
  unread: ['unread', '未读'],
  actionName: ['Name of the button’s action', '按钮动作名'],
  tap: ['Tap', '点击'],
  processing: ['processing', '处理中'],
  typing: ['typing', '输入中'],
  executing: ['executing', '执行中'],
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
  filter: ['Filter by path, code, status…', '按路径、错误码、状态筛选…'],
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
  perMinute: ['{} of {} a minute', '每分钟 {}/{}'],
  blocked: ['blocked for {} s', '限流中，还有 {} 秒'],
  month: ['API calls this month', '本月 API 调用'],
  hooks: ['Webhook & Stream this month', '本月 Webhook 与 Stream'],
  perSecond: ['busiest API, calls this second', '本秒最忙接口（次/秒）'],
  faultHelp: ['What is to go wrong with the next calls, and how often.', '让接下来的调用出错，以及次数。'],
  path: ['Path (a * at the end matches the rest)', '路径（末尾 * 匹配其余）'],
  kind: ['What happens', '故障类型'],
  times: ['Times', '次数'],
  value: ['Figure: ms, code or HTTP status', '数值：毫秒、错误码或 HTTP 状态码'],
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

let language = localStorage.getItem('language') ?? (navigator.language.startsWith('zh') ? 'zh' : 'en');

/** The words for a key, with `{}` filled in from left to right. */
export function t(key, ...values) {
  const pair = words[key];
  let text = pair ? pair[language === 'zh' ? 1 : 0] : key;
  for (const value of values) text = text.replace('{}', () => value);
  return text;
}

export function locale() {
  return language === 'zh' ? 'zh-CN' : 'en-GB';
}

export function switchLanguage() {
  language = language === 'zh' ? 'en' : 'zh';
  localStorage.setItem('language', language);
  speak();
}

/** Fills in what stands in the page itself. */
export function speak() {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = t('title');
  for (const node of document.querySelectorAll('*')) {
    if (!(node instanceof HTMLElement)) continue;
    const { t: text, tLabel: label, tHint: hint } = node.dataset;
    if (text !== undefined) node.textContent = t(text);
    if (label !== undefined) node.setAttribute('aria-label', t(label));
    if (hint !== undefined) node.setAttribute('placeholder', t(hint));
  }
}
