import type { Approval } from '../approval.ts';
import type { Refusal } from '../life-cycle.ts';

type Notice = readonly [title: string, text: string];
type Status = Approval['status'];

export const zh = {
  status: { pending: '待审批', decided: '已决定', expired: '已过期', withdrawn: '已撤回' } satisfies Record<
    Status,
    string
  >,
  /** What people read of the choices that have no words of their own. */
  choice: { approve: '同意', reject: '拒绝' },
  who: { someone: '其他人员', asker: '发起人', time: '到期未处理' },
  via: { api: '接口', page: '页面', card: '卡片', robot: '机器人', schedule: '定时' },
  list: '、',

  message: {
    titled: (question: string) => `审批：${question}`,
    asked: (code: string, question: string) => `审批 ${code}：${question}`,
    asker: (name: string) => `发起人：${name}`,
    approvers: (names: string, quorum: number) => `审批人：${names}${quorum > 1 ? `（需 ${quorum} 人同意）` : ''}`,
    until: (time: string) => `截止：${time}`,
    reply: (word: string, code: string) => `也可以给机器人发送“**${word} ${code}**”`,
    again: (code: string, question: string) => `⏰ 还在等你审批 ${code}：${question}`,
    open: '打开',
    onPage: (labels: string) => `选“${labels}”要写明原因，请在页面上操作`,
    decided: (label: string, name: string) => `${name}：**${label}**`,
    nobody: (label: string) => `到期未处理，按“**${label}**”处理`,
    expired: '已过期，没有结果',
    withdrawn: '已撤回，无需处理',
  },

  robot: {
    unknown: (code: string) => `没有找到你的审批 ${code}。`,
    status: (name: string, how: string) => `${name}：${how}`,
    done: (name: string, label: string) => `${name} 已记录：${label}。`,
    waiting: (have: number, need: number) => `（${have}/${need}，等待其他人）`,
    already: (name: string, label: string) => `${name} 之前已记录：${label}。`,
    over: (name: string, how: string) => `${name} 已结束：${how}。刚才的回复没有生效。`,
    refused: {
      not_an_approver: '没有请你审批。',
      approval_closed: '已结束。',
      unknown_choice: '没有这个选项。',
      comment_missing: '需要写明原因，例如：拒绝 A-7F3Q 原因',
      not_due: '还没有到期。',
    } satisfies Record<Refusal, string>,
  },

  page: {
    otherLanguage: 'English',
    comment: '备注（可不填）',
    commentFor: (labels: string) => `备注（选“${labels}”时必填）`,
    yours: '等待你审批。',
    answered: (label: string) => `你选择了“${label}”，正在等其他人。`,
    onlyShows: (code: string) => `这个链接只能查看。要审批，请给机器人发送“同意 ${code}”或“拒绝 ${code}”。`,
    watching: '你可以查看这个审批；由下列人员决定。',
    outcome: (how: string) => `结果：${how}`,
    asker: '发起人',
    until: '截止',
    details: '说明',
    files: '资料',
    people: '审批人',
    quorum: (need: number) => `需要 ${need} 人选择相同`,
    history: '动态',
    you: '（你）',
    zone: '以上时间：',
    did: {
      asked: '发起了审批',
      answered: '选择了',
      decided: '决定了',
      expired: '到期',
      withdrawn: '撤回了审批',
    } satisfies Record<Approval['history'][number]['action'], string>,
    unsaved: {
      approval_closed: '在你点击之前，审批已经结束。刚才的操作没有生效，结果如下。',
      comment_missing: '这个选项需要写备注。刚才的操作没有生效。',
      unknown_choice: '没有这个选项。刚才的操作没有生效。',
      not_an_approver: '没有请你审批。刚才的操作没有生效。',
      not_due: '刚才的操作没有生效。',
      too_long: '备注太长，没有提交。请缩短到 1000 字以内。',
    } satisfies Record<Refusal | 'too_long', string>,
    tooFast: (seconds: number) => `操作太频繁，刚才的操作没有生效。请在 ${seconds} 秒后再试。`,
  },

  notice: {
    broken: ['链接不完整', '这个链接缺了一部分，可能在复制时被截断。请从钉钉打开审批。'],
    foreign: ['这不是你的链接', '这个链接被改动过，或不属于这个审批。请从钉钉打开审批。'],
    expired: ['链接已过期', '这个链接太旧了。请从钉钉重新打开审批。'],
    missing: ['没有这个审批', '它可能已被删除。'],
    removed: ['审批与你无关', '你不在这个审批的人员名单中，无需做什么。如有疑问，请联系发起人。'],
    sorry: ['暂时无法处理', '系统没有及时响应，刚才的操作可能没有生效。请稍后返回并刷新页面，再试一次。'],
  } satisfies Record<string, Notice>,
};

export type Words = typeof zh;
