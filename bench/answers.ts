import { once } from 'node:events';
import { join } from 'node:path';
import * as v from 'valibot';
import type { BusEvent } from '../local/aws/secrets-and-bus.ts';
import { startStack } from '../local/stack.ts';
import { API_KEY } from '../stage/local-secret.ts';
import type { Bed } from './bed.ts';
import { quantile, type Row, row } from './row.ts';

const DECISIONS = 30;
/** They take turns: one person may do so much in a minute. */
const PEOPLE = ['zhangsan', 'lisi', 'wangwu'];
const ANY_PORT = { api: 0, simulator: 0, aws: 0, dynamodb: 0, lambda: 0 };
const Asked = v.object({ id: v.string(), links: v.object({ pages: v.record(v.string(), v.string()) }) });
const Decided = v.object({ data: v.object({ approvalId: v.string() }) });

/** How long after the tap that decides an approval whoever asked has it: by a request that waits, and on the bus. */
export async function run({ dir }: Pick<Bed, 'dir'>): Promise<Row[]> {
  const heard = new EventTarget();
  const onBusEvent = ({ detailType, detail }: BusEvent) => {
    const event = v.safeParse(Decided, detail);
    if (detailType === 'approval.decided' && event.success)
      heard.dispatchEvent(new Event(event.output.data.approvalId));
  };
  const stack = await startStack({ ports: ANY_PORT, stateDir: join(dir, 'answers'), schedules: false, onBusEvent });
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
  const waited: number[] = [];
  const published: number[] = [];
  try {
    for (let at = 0; at < DECISIONS; at += 1) {
      const person = PEOPLE[at % PEOPLE.length] ?? '';
      const body = JSON.stringify({ question: `Deploy ${at}?`, approvers: { people: [person] }, to: 'project' });
      const asked = await fetch(`${stack.urls.api}/approvals`, { method: 'POST', headers, body });
      const { id, links } = v.parse(Asked, await asked.json());
      const waits = fetch(`${stack.urls.api}/approvals/${id}`, { headers: { ...headers, prefer: 'wait=25' } });
      const event = once(heard, id);
      const { searchParams, origin, pathname } = new URL(links.pages[person] ?? '');
      const form = new URLSearchParams([...searchParams, ['choice', 'approve']]);
      // the request waits already
      await new Promise((go) => setTimeout(go, 500));
      const tapped = performance.now();
      const since = () => performance.now() - tapped;
      await Promise.all([
        fetch(`${origin}${pathname}`, { method: 'POST', body: form, redirect: 'manual' }),
        waits.then((answer) => answer.text()).then(() => waited.push(since())),
        event.then(() => published.push(since())),
      ]);
    }
  } finally {
    await stack.stop();
  }
  const of = (how: string, values: number[]) => [
    row({ bench: 'answers', name: `decision to whoever asked, ${how}`, unit: 'ms' }, values),
    row({ bench: 'answers', name: `decision to whoever asked, ${how}: 95 of 100 within`, unit: 'ms', goal: '≤ 2000' }, [
      quantile(values, 0.95),
    ]),
  ];
  return [...of('who waits', waited), ...of('on the bus', published)];
}
