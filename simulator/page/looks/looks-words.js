/** What the looks themselves say, in both languages. */
export const LOOKS_WORDS = {
  'raw-html': ['on phones the whole message may be blank: {}', '手机端可能整条空白：{}'],
  'tag-lost': ['a tag, so not shown: {}', '被当作标签，不显示：{}'],
  'html-link': ['cannot be tapped on phones: {}', '手机端无法点击：{}'],
  table: ['phones show a table as pipes', '手机端表格显示为竖线文本'],
  'code-fence': ['phones draw no code block', '手机端不渲染代码块'],
  rule: ['phones draw no rule', '手机端不渲染分隔线'],
  'link-definition': ['a line that phones do not show: {}', '手机端不显示这一行：{}'],
  'feed-entries': ['phones show 9 entries; not shown: {}', '手机端最多 9 条，未显示：{}'],
  'card-links': [
    'with one button a tap anywhere is the button: this link is dead on phones',
    '只有一个按钮时点哪里都算按钮：手机端此链接失效',
  ],
  'form-rows': ['6 rows are shown; not shown: {}', '最多 6 行，未显示：{}'],
  'title-unseen': ['the title stands in the list and the push only: {}', '标题只出现在会话列表和推送中：{}'],
  reply: ['Reply', '回复'],
  picture: ['picture', '图片'],
  emoji: ['emoji {}', '表情 {}'],
  listPicture: ['[Picture]', '[图片]'],
  listFile: ['[File] {}', '[文件] {}'],
  listVoice: ['[Voice]', '[语音]'],
  listVideo: ['[Video]', '[视频]'],
  listCard: ['[Card]', '[卡片]'],
  mentionedYou: ['[You were @]', '[有人@你]'],
  mentionedAll: ['[@all]', '[@所有人]'],
  newMessage: ['You have 1 new message', '你收到1条新消息'],
  voiceOf: ['voice, {} s', '语音，{} 秒'],
  videoOf: ['video, {}', '视频，{}'],
  attached: ['{} attached', '{} 个附件'],
  by: ['by {}', '来自 {}'],
  processing: ['processing', '处理中'],
  typing: ['typing', '输入中'],
  executing: ['executing', '执行中'],
  failed: ['failed', '失败'],
};

/** What says a key of a words list in one language; `{}` is filled in from left to right. */
export function speakerOf(words, language) {
  return (key, ...values) => {
    let text = words[key]?.[language === 'zh' ? 1 : 0] ?? key;
    for (const value of values) text = text.replace('{}', () => String(value));
    return text;
  };
}
