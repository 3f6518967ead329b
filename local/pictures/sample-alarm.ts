const SINCE = new Date().toISOString();

/** A full disk, as Alertmanager tells of it: on so many machines. */
export function sampleAlarm(status: 'firing' | 'resolved', machines: number) {
  const labels = { alertname: 'DiskFull', severity: 'critical' };
  const alerts = Array.from({ length: machines }, (_, n) => ({
    status,
    labels: { ...labels, instance: `web-${n + 1}` },
    annotations: { summary: `磁盘将满：/data 剩 ${3 + 2 * n}%` },
    startsAt: SINCE,
    endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : new Date().toISOString(),
    fingerprint: `disk-${n + 1}`,
  }));
  return {
    version: '4',
    groupKey: '{}:{alertname="DiskFull"}',
    groupLabels: { alertname: 'DiskFull' },
    commonLabels: labels,
    externalURL: 'https://alertmanager.example.com',
    alerts,
  };
}
