import type { Words } from './zh.ts';

export const en: Words = {
  state: { firing: 'Firing', resolved: 'Resolved', ok: 'OK', alarm: 'Alarm', noData: 'Not enough data' },
  count: (count) => `${count} alerts`,
  more: (count) => `and ${count} more; see them in the alerting system`,
  since: 'since',
  lasted: 'lasted',
  link: {
    alert: 'Look',
    silence: 'Silence',
    dashboard: 'Dashboard',
    panel: 'Panel',
    runbook: 'Runbook',
    console: 'Console',
  },
  labels: 'Labels',
  value: 'Value',
  metric: 'Metric',
  threshold: 'Threshold',
  reason: 'Reason',
  account: 'Account',
  region: 'Region',
  cut: 'too long, the rest is left out',
  colon: ': ',
  duration(minutes) {
    if (minutes < 60) return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
  },
};
