/** What people read of messages that come by sources. */
export const zh = {
  state: { firing: '告警', resolved: '已恢复', ok: '已恢复', alarm: '告警', noData: '数据不足' },
  count: (count: number) => `${count} 条`,
  more: (count: number) => `还有 ${count} 条，请到告警系统查看`,
  since: '开始',
  lasted: '持续',
  link: { alert: '查看', silence: '静默', dashboard: '仪表盘', panel: '图表', runbook: '处理手册', console: '控制台' },
  labels: '标签',
  value: '值',
  metric: '指标',
  threshold: '阈值',
  reason: '原因',
  account: '账号',
  region: '地域',
  cut: '内容过长，已截断',
  colon: '：',
  duration(minutes: number) {
    if (minutes < 60) return `${minutes} 分钟`;
    const hours = Math.floor(minutes / 60);
    return hours < 48 ? `${hours} 小时 ${minutes % 60} 分钟` : `${Math.floor(hours / 24)} 天`;
  },
};

export type Words = typeof zh;
