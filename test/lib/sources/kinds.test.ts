import { readFileSync } from 'node:fs';
import { Parser } from 'commonmark';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import type { PutSource } from '../../../contract/requests/sources.ts';
import { Mention } from '../../../contract/values.ts';
import { fillTemplate } from '../../../lib/compose/templates.ts';
import { Content } from '../../../lib/messages/content.ts';
import { costOf } from '../../../lib/messages/cost.ts';
import type { Destination } from '../../../lib/messages/destination.ts';
import { renderedBy } from '../../../lib/sources/render-source.ts';
import type { Said } from '../../../lib/sources/said.ts';
import type { Source } from '../../../lib/sources/source.ts';
import fc from '../../support/property.ts';

const to = ['ops'];
const sources = (language: 'zh' | 'en'): PutSource[] => [
  { kind: 'dingtalk-robot', to, language },
  { kind: 'alertmanager', to, language },
  { kind: 'sns', to, language, topics: ['arn:aws:sns:us-east-1:123456789012:alarms'] },
  { kind: 'json', to, language },
  { kind: 'json', to, language, template: { title: '{{ title }}', text: '{{ body | json }}' } },
];
const sourceOf = (rules: PutSource): Source => ({ name: 'alarms', owner: 'key:ci', rules, keyHash: '' });
const AT = '2026-11-28T16:31:35Z';

async function saidOf(rules: PutSource, body: string): Promise<Said[]> {
  return (await renderedBy(fillTemplate, sourceOf(rules), body, AT)).said;
}
const sample = (name: string) => readFileSync(`test/fixtures/senders/${name}.json`, 'utf8');
const rendered = async (name: string, rules: PutSource) => {
  const [said] = await saidOf(rules, sample(name));
  return said?.content;
};

test('what real senders sent, in both languages', async () => {
  const alertmanager = (language: 'zh' | 'en'): PutSource => ({ kind: 'alertmanager', to, language });
  expect(await rendered('alertmanager-firing', alertmanager('zh'))).toMatchInlineSnapshot(`
    {
      "kind": "markdown",
      "text": "### 🔴 告警 2 条：HighCPU

    **web-1:9100 · critical**  
    CPU 过高  
    CPU &gt; 90 % 持续 5 分钟  
    开始 2026-11-29 00:26 · 持续 5 分钟  
    [查看](http://prom:9090/graph?g0.expr=cpu)

    **web-2:9100 · warning**  
    CPU 过高  
    开始 2026-11-29 00:26 · 持续 5 分钟

    [静默](http://alertmanager:9093/#/silences/new?filter=%7Balertname%3D%22HighCPU%22%7D) · [查看](http://alertmanager:9093/#/alerts)",
      "title": "🔴 告警 2 条 HighCPU",
    }
  `);
  expect(await rendered('alertmanager-resolved', alertmanager('en'))).toMatchInlineSnapshot(`
    {
      "kind": "markdown",
      "text": "### ✅ Resolved 2 alerts: HighCPU

    **web-1:9100 · critical**  
    CPU 过高  
    CPU &gt; 90 % 持续 5 分钟  
    since 2026-11-28 16:26 · lasted 1 min  
    [Look](http://prom:9090/graph?g0.expr=cpu)

    **web-2:9100 · warning**  
    CPU 过高  
    since 2026-11-28 16:26 · lasted 1 min

    [Silence](http://alertmanager:9093/#/silences/new?filter=%7Balertname%3D%22HighCPU%22%7D) · [Look](http://alertmanager:9093/#/alerts)",
      "title": "✅ Resolved 2 alerts HighCPU",
    }
  `);
  expect(await rendered('grafana', alertmanager('zh'))).toMatchInlineSnapshot(`
    {
      "kind": "markdown",
      "text": "### 🔴 告警：High memory usage

    This alert was triggered for zone us-1  
    开始 2021-10-12 15:51 · 持续 1873 天  
    [查看](https://play.grafana.org/alerting/1afz29v7z/edit) · [静默](https://play.grafana.org/alerting/silence/new?…) · [处理手册](https://myrunbook.com/runbook/1234)",
      "title": "🔴 告警 High memory usage",
    }
  `);
  const sns: PutSource = { kind: 'sns', to, language: 'zh', topics: ['arn:aws:sns:cn-north-1:123456789012:alarms'] };
  expect(await rendered('sns-cloudwatch', sns)).toMatchInlineSnapshot(`
    {
      "kind": "markdown",
      "text": "### 🔴 告警：cpu-high

    原因：Threshold Crossed: 1 datapoint \\[93.1\\] was greater than the threshold (90.0).

    账号 123456789012 · 地域 China (Beijing)",
      "title": "🔴 告警：cpu-high",
    }
  `);
  const robot: PutSource = { kind: 'dingtalk-robot', to };
  expect(await rendered('uptime-kuma', robot)).toMatchInlineSnapshot(`
    {
      "kind": "markdown",
      "text": "## [DOWN] Web 网站 
    > HTTP 500
    > Time (Asia/Shanghai): 2026-11-28 16:00:00",
      "title": "[DOWN] Web 网站",
    }
  `);
  expect(await rendered('robot-sdk-card', robot)).toMatchInlineSnapshot(`
    {
      "buttons": [
        {
          "title": "a",
          "url": "https://a",
        },
        {
          "title": "b",
          "url": "https://b",
        },
      ],
      "kind": "actionCard",
      "orientation": "horizontal",
      "text": "正文",
      "title": "卡",
    }
  `);
  const template = {
    title: '{{ project.name }} #{{ object_attributes.id }}',
    text: '**{{ object_attributes.status }}** {{ commit.title }}',
  };
  expect(await rendered('apprise-json', { kind: 'json', to })).toMatchInlineSnapshot(`
    {
      "kind": "markdown",
      "text": "### 🔴 Disk

    磁盘 90 %",
      "title": "🔴 Disk",
    }
  `);
  expect(await rendered('gitlab-pipeline', { kind: 'json', to, template })).toMatchInlineSnapshot(`
    {
      "kind": "markdown",
      "text": "**failed** test",
      "title": "Gitlab Test #31",
    }
  `);
});

test('what a message does not take is said in words: addresses, names without end, crowds', async () => {
  const robot: PutSource = { kind: 'dingtalk-robot', to };
  const body = {
    msgtype: 'link',
    link: { title: 't', text: 'x', messageUrl: 'www.example.com/no-scheme' },
    at: { atMobiles: Array.from({ length: 80 }, (_, n) => 13800000000 + n), atUserIds: ['u'.repeat(200), 'lisi'] },
  };
  const [said] = await saidOf(robot, JSON.stringify(body));
  expect(said?.content).toMatchObject({ kind: 'markdown', text: expect.stringContaining('www.example.com/no-scheme') });
  expect(said?.mention?.users).toEqual(['lisi']);
  const script = { ...body, link: { ...body.link, messageUrl: 'javascript:alert(1)' } };
  expect((await saidOf(robot, JSON.stringify(script)))[0]?.content.kind).toBe('markdown');
});

test('where a robot message becomes words, titles show as they were written, and addresses end no link', async () => {
  const robot: PutSource = { kind: 'dingtalk-robot', to };
  const url = 'https://ci.example.com/job/a(b)c?x=[1]';
  const title = '[CI] *build* #7 (ok)';
  const shown = String.raw`\[CI\] \*build\* #7 (ok)`;
  const address = 'https://ci.example.com/job/a%28b%29c?x=[1]';
  const plainOf = async (body: object) => (await saidOf(robot, JSON.stringify(body)))[0]?.plain;
  const link = { title, text: '# no heading\n- no list', messageUrl: url };
  expect(await plainOf({ msgtype: 'link', link })).toMatchObject({
    text: String.raw`### ${shown}

\# no heading${'  '}
\- no list

[https://ci.example.com/job/a(b)c?x=\[1\]](${address})`,
  });
  const feedCard = { links: [{ title, messageURL: url, picURL: 'https://example.com/p.png' }] };
  expect(await plainOf({ msgtype: 'feedCard', feedCard })).toMatchObject({ text: `- [${shown}](${address})` });
  const actionCard = { title: 't', text: '**as it is**', btns: [{ title, actionURL: url }] };
  expect(await plainOf({ msgtype: 'actionCard', actionCard })).toMatchObject({
    text: `**as it is**\n\n[${shown}](${address})`,
  });
});

test('an alarm of CloudWatch reads the same in its three shapes, and other notes as what they are', async () => {
  const sns: PutSource = { kind: 'sns', to, language: 'en', topics: ['arn:aws:sns:us-east-1:123456789012:alarms'] };
  const arn = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:cpu-high';
  const state = { value: 'ALARM', reason: 'Threshold Crossed' };
  const shapes = [
    {
      AlarmName: 'cpu-high',
      AlarmDescription: null,
      AWSAccountId: '123456789012',
      NewStateValue: 'ALARM',
      NewStateReason: 'Threshold Crossed',
      Region: 'EU (Ireland)',
      AlarmArn: arn,
    },
    {
      'detail-type': 'CloudWatch Alarm State Change',
      source: 'aws.cloudwatch',
      account: '123456789012',
      region: 'eu-west-1',
      resources: [arn],
      detail: { alarmName: 'cpu-high', state, previousState: {}, configuration: { metrics: [] } },
    },
    {
      source: 'aws.cloudwatch',
      alarmArn: arn,
      accountId: '123456789012',
      time: '2026-11-28T12:36:15.490+0000',
      region: 'eu-west-1',
      alarmData: { alarmName: 'cpu-high', state, configuration: {} },
    },
  ];
  const bodies = shapes.map((shape, index) =>
    index === 0 ? JSON.stringify({ Message: JSON.stringify(shape) }) : JSON.stringify(shape),
  );
  const texts = await Promise.all(bodies.map(async (body) => (await saidOf(sns, body))[0]));
  expect(new Set(texts.map((said) => JSON.stringify(said?.content))).size).toBe(1);
  expect(texts.map((said) => said?.priority)).toEqual(['high', 'high', 'high']);
  const note = {
    version: '1.0',
    source: 'custom',
    content: { title: ':tada: Release', description: '*done* <https://a.example|look>' },
  };
  expect((await saidOf(sns, JSON.stringify({ Message: JSON.stringify(note) })))[0]?.content).toMatchObject({
    title: ':tada: Release',
    text: expect.stringContaining('**done** [look](https://a.example)'),
  });
  expect(
    (await saidOf(sns, JSON.stringify({ Subject: 'Backup', Message: '# not a heading [x](https://a.example)' })))[0]
      ?.content,
  ).toMatchObject({
    title: 'Backup',
    text: expect.stringContaining('\\# not a heading \\[x\\](https://a.example)'),
  });
});

/** What senders of anything may send: texts, JSON, and bodies that are nearly right. */
const leaf = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.string({ unit: 'binary', maxLength: 50 }),
);
const MEMBERS =
  'status alerts labels annotations startsAt endsAt groupLabels commonLabels externalURL title text message Message Type Subject AlarmName NewStateValue msgtype markdown link actionCard btns feedCard links at atMobiles content detail type'.split(
    ' ',
  );
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...MEMBERS), tie('tree'), { maxKeys: 8 }),
  ),
}));
const alert = fc.record(
  {
    status: fc.constantFrom('firing', 'resolved'),
    labels: fc.dictionary(fc.string(), leaf),
    annotations: fc.dictionary(fc.constantFrom('summary', 'description', 'runbook_url'), leaf),
    startsAt: fc.oneof(leaf, fc.constant(AT)),
  },
  { requiredKeys: [] },
);
const nearly = fc.record({
  status: fc.constantFrom('firing', 'resolved'),
  alerts: fc.array(alert, { minLength: 1, maxLength: 30 }),
  externalURL: leaf,
  groupLabels: fc.dictionary(fc.string(), fc.string()),
});
const anyBody = fc.oneof(
  tree.map((value) => JSON.stringify(value) ?? ''),
  nearly.map((value) => JSON.stringify(value)),
  fc.string(),
);

const DESTINATIONS: Destination[] = [
  { kind: 'custom-robot', accessToken: 't' },
  { kind: 'robot-group', openConversationId: 'cid' },
  { kind: 'work-notification', userIds: ['lisi'] },
];

/** What stands in a text that dingdock writes around the words of a sender: nothing of theirs makes more of it. */
const OURS = 'document heading paragraph text softbreak linebreak strong emph link code_block list item'.split(' ');

/** Blocks and spans that are not ours, and fences that are open at the end. */
function brokenIn(markdown: string): string[] {
  const walker = new Parser().parse(markdown).walker();
  const types = new Set<string>();
  for (let step = walker.next(); step; step = walker.next()) types.add(step.node.type);
  const isOpen = (markdown.match(/^```/gm) ?? []).length % 2 === 1;
  return [...[...types].filter((type) => !OURS.includes(type)), ...(isOpen ? ['open fence'] : [])];
}

test('of 1,000 bodies of any kind, none breaks a source, and what it says can be carried', async () => {
  await fc.assert(
    fc.asyncProperty(anyBody, fc.constantFrom('zh' as const, 'en' as const), async (body, language) => {
      for (const rules of sources(language)) {
        for (const { content, plain, mention } of await saidOf(rules, body)) {
          expect([v.is(Content, content), v.is(Content, plain), v.is(v.optional(Mention), mention)]).toEqual([
            true,
            true,
            true,
          ]);
          // a robot's Markdown and what a template makes are the sender's own
          const isOurs = rules.kind !== 'dingtalk-robot' && !('template' in rules);
          if (isOurs && plain.kind === 'markdown') expect(brokenIn(plain.text)).toEqual([]);
          for (const destination of DESTINATIONS) {
            const { faults } = costOf(
              [{ name: 'ops', destination }],
              { content: plain, mention },
              { parts: 20, calls: 200 },
            );
            expect(faults).toEqual([]);
          }
        }
      }
    }),
    { numRuns: process.env.ALERTS ? 2_000 : 400 },
  );
});

test.each([
  '{% for i in (1..100000000) %}x{% endfor %}',
  '{% for i in (1..100000) %}{% for j in (1..100000) %}{{ i }}{% endfor %}{% endfor %}',
  "{% assign a = 'x' %}{% for i in (1..40) %}{% assign a = a | append: a %}{% endfor %}{{ a }}",
  "{% include '../../package.json' %}",
  "{% render '/etc/passwd' %}",
  "{% layout 'x' %}",
  '{{ constructor.constructor }}{{ nothing | noSuchFilter }}',
  '{{ body.__proto__.polluted | noSuchFilter }}',
  '{% if %}',
  '{{',
  '{% endfor %}',
  '{% raw %}',
  '{% tablerow i in (1..10000000) %}x{% endtablerow %}',
  "{{ 'x' | repeat: 100000000 }}",
  '{% capture a %}{% for i in (1..5000000) %}xxxxxxxxxx{% endfor %}{% endcapture %}{{ a }}',
  '{% unknown %}',
  "{{ 'x' | date: }}",
  '{% liquid\nfor i in (1..9999999)\necho i\nendfor %}',
  "{% assign x = (1..100000000) | join: ',' %}{{ x }}",
  '{{ (1..100000000) | sort | reverse | json }}',
])('a hostile template says what is wrong, or nothing of what it wants: %s', async (template) => {
  const made = await fillTemplate(template, { title: 'T' }).catch((error: unknown) => error);
  if (typeof made === 'string') expect(made.length).toBeLessThanOrEqual(20_000);
  else expect(made).toBeInstanceOf(Error);
  expect(String(made)).not.toContain('root:');
});
