import { byId, element, part } from './dom.js';
import { locale, t } from './words.js';
import { control, now, world } from './world.js';

/** The faults drawer, and gauges for the use of each robot's and app's limits. */
const KINDS = {
  latency: (value) => ({ latencyMs: value || 3000 }),
  errcode: (value) => ({ errcode: value || -1, errmsg: 'simulated' }),
  code: (_figure, text) => ({ code: text || 'system.error', message: 'simulated', status: 500 }),
  status: (value) => ({ status: value || 503, body: 'simulated' }),
  hang: () => 'hang',
  'drop-after-accept': () => 'drop-after-accept',
  throttle: () => 'throttle',
  'html-ban': () => 'html-ban',
  punish: () => 'punish',
  'revoke-token': () => 'revoke-token',
};
/** What a figure looks like, for the kinds that take one. */
const FIGURES = { latency: '3000', errcode: '-1', code: 'system.error', status: '503' };
const PATHS = [
  '/robot/send',
  '/v1.0/robot/groupMessages/send',
  '/v1.0/robot/oToMessages/batchSend',
  '/topapi/message/corpconversation/*',
  '/media/upload',
  '/v1.0/todo/*',
  '/v1.0/oauth2/accessToken',
  '/_sim/oss/*',
  '*',
];

const drawer = byId('drawer', HTMLDialogElement);
const kinds = byId('fault-kind', HTMLSelectElement);
const figure = byId('fault-value', HTMLInputElement);

part('faults-open').addEventListener('click', () => {
  drawFaults();
  drawer.showModal();
});
part('faults-close').addEventListener('click', () => drawer.close());
kinds.addEventListener('change', () => {
  const kind = kinds.value;
  figure.disabled = FIGURES[kind] === undefined;
  figure.placeholder = FIGURES[kind] ?? '';
});
kinds.dispatchEvent(new Event('change'));
part('fault-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = figure.value.trim();
  const fault = KINDS[kinds.value](Number(text) || undefined, text);
  const answer = await control('POST', '/faults', {
    path: byId('fault-path', HTMLInputElement).value,
    fault,
    times: Number(byId('fault-times', HTMLInputElement).value),
  });
  part('fault-said').textContent = answer.error ?? '';
});
part('faults-none').addEventListener('click', () => void control('DELETE', '/faults'));
part('revoke').addEventListener('click', () => void control('POST', '/tokens/revoke', {}));
part('minute').addEventListener('click', () => void control('POST', '/clock', { advanceMs: 60_000 }));
part('hour').addEventListener('click', () => void control('POST', '/clock', { advanceMs: 3_600_000 }));
part('quota').addEventListener('click', async () => {
  const { usage } = world.limits ?? {};
  if (!usage) return;
  const gone = usage.apiCalls >= usage.monthlyQuota;
  await control('POST', '/settings', { monthlyQuota: gone ? 5000 : usage.apiCalls });
});

export function drawFaults() {
  const usage = world.limits?.usage;
  part('quota').textContent = t(usage && usage.apiCalls >= usage.monthlyQuota ? 'quotaBack' : 'quotaGone');
  const kind = kinds.value || 'latency';
  kinds.replaceChildren(...Object.keys(KINDS).map((each) => new Option(t(each), each, false, each === kind)));
  part('paths').replaceChildren(...PATHS.map((path) => new Option(path)));
  const waiting = world.faults.filter((fault) => fault.left > 0);
  const rows = waiting.map((fault) => {
    const remove = element('button', t('remove'), 'tool');
    remove.type = 'button';
    remove.addEventListener('click', () => void control('DELETE', `/faults/${fault.id}`));
    return element('li', [
      element('code', fault.path),
      element('span', `${t(fault.trouble.kind)} · ${t('left', fault.left)}`),
      remove,
    ]);
  });
  part('fault-list').replaceChildren(...(rows.length > 0 ? rows : [element('li', t('noFaults'), 'none')]));
  const count = part('fault-count');
  count.textContent = waiting.length > 0 ? String(waiting.length) : '';
  count.hidden = waiting.length === 0;
  byId('faults-none', HTMLButtonElement).disabled = waiting.length === 0;
}

/** Redrawn each second: windows slide and blocks end without an event. */
export function drawLimits() {
  if (!world.limits) return;
  const { usage, robots, apps } = world.limits;
  const at = now();
  const rows = robots.map(({ name, limit, windowMs, sent, blockedUntil }) => {
    const used = sent.filter((each) => each > at - windowMs).length;
    const blocked = blockedUntil > at;
    const words = blocked ? t('blocked', Math.ceil((blockedUntil - at) / 1000)) : t('perMinute', used, limit);
    return gauge(name, words, blocked ? limit : used, limit);
  });
  for (const { name, qps, api, used } of apps) {
    const row = gauge(name, t('perSecond', used, qps), used, qps);
    row.title = api ?? '';
    rows.push(row);
  }
  const { apiCalls, monthlyQuota } = usage;
  rows.push(gauge(t('month'), t('perMonth', grouped(apiCalls), grouped(monthlyQuota)), apiCalls, monthlyQuota));
  const { webhookAndStream: pushes, webhookQuota } = usage;
  rows.push(gauge(t('hooks'), t('perMonth', grouped(pushes), grouped(webhookQuota)), pushes, webhookQuota));
  part('limits').replaceChildren(...rows);
}

function grouped(value) {
  return value.toLocaleString(locale());
}

function gauge(name, words, value, most) {
  const meter = document.createElement('meter');
  meter.max = Math.max(1, most);
  meter.high = most * 0.8;
  meter.optimum = 0;
  meter.value = Math.min(value, meter.max);
  meter.setAttribute('aria-label', `${name}: ${words}`);
  return element('div', [element('dt', name), element('dd', [meter, element('span', words)])]);
}
