import type { IncidentState, IncidentStep } from '../../../contract/records/incidents.ts';

type Notice = readonly [title: string, text: string];

/** What people read of incidents. */
export const zh = {
  gathered: (count: number) => `期间另有 ${count} 次更新`,
  lasted: (minutes: number) =>
    minutes < 60 ? `历时 ${minutes} 分钟` : `历时 ${Math.floor(minutes / 60)} 小时 ${minutes % 60} 分钟`,
  again: (count: number) => `再次触发，共 ${count} 次`,
  between: '，',

  state: { firing: '告警中', taken: '处理中', silenced: '已静音', resolved: '已恢复' } satisfies Record<
    IncidentState,
    string
  >,
  via: { api: '接口', page: '页面', card: '卡片', robot: '机器人', schedule: '定时' },

  message: {
    take: '认领',
    silence: '静音',
    open: '打开',
    taken: (name: string) => `🙋 ${name} 已认领`,
    silenced: (name: string) => `🔕 ${name} 已静音`,
    yours: '还没有人认领，请你处理。',
    readBy: (names: string) => `${names} 已读，但还没有人认领，请你处理。`,
  },

  robot: {
    unknown: (code: string) => `没有找到告警 ${code}。`,
    status: (name: string, how: string) => `${name}：${how}`,
    took: (name: string) => `${name} 由你处理。`,
    silenced: (name: string) => `${name} 已静音，恢复前不再通知其他人。`,
    refused: {
      taken: (name: string, person: string) => `${name} 已由 ${person} 认领，你无需处理。`,
      over: (name: string) => `${name} 已恢复，无需处理。`,
    },
  },

  page: {
    otherLanguage: 'English',
    take: '认领',
    silence: '静音',
    yours: '还没有人认领。点“认领”后由你处理，其他人会知道是你。',
    mine: '由你处理。',
    quiet: '已静音：恢复前不再通知其他人。',
    over: '已恢复，无需处理。',
    theirs: (name: string) => `已由 ${name} 认领，你无需处理。`,
    onlyShows: (code: string) => `这个链接只能查看。要认领，请给机器人发送“认领 ${code}”。`,
    source: '来源',
    opened: '开始',
    resolved: '恢复',
    text: '内容',
    told: '已通知',
    read: '已读',
    history: '动态',
    list: '、',
    zone: '以上时间：',
    did: {
      fired: '触发',
      updated: '更新',
      taken: '认领了',
      silenced: '静音了',
      resolved: '恢复',
      fired_again: '再次触发',
    } satisfies Record<IncidentStep['action'], string>,
    tooFast: (seconds: number) => `操作太频繁，刚才的操作没有生效。请在 ${seconds} 秒后再试。`,
  },

  notice: {
    broken: ['链接不完整', '这个链接缺了一部分，可能在复制时被截断。请从钉钉打开告警。'],
    foreign: ['这不是你的链接', '这个链接被改动过，或不属于这个告警。请从钉钉打开告警。'],
    expired: ['链接已过期', '这个链接太旧了。请从钉钉重新打开告警。'],
    missing: ['没有这个告警', '它可能已被删除。'],
  } satisfies Record<string, Notice>,
};

export type Words = typeof zh;
