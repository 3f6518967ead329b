import * as v from 'valibot';
import { defined } from '../../base/defined.ts';
import { parseObject } from '../../base/json.ts';
import { asLine, asMarkdown, encoded } from '../../messages/text/plain.ts';
import { shortened } from '../../messages/text/tokens.ts';
import { BY_STATUS, type Door } from '../delivery.ts';
import { languageOf, markdown, type Render, type Rendering, type Said } from '../said.ts';
import { verifiedEnvelope } from '../sns.ts';
import type { Source } from '../source.ts';
import { WORDS } from '../words/words.ts';
import type { Words } from '../words/zh.ts';

// What topics of SNS say: alarms of CloudWatch in the shapes that they come in, notes for Amazon Q, and anything else.

export const door: Door = {
  ...BY_STATUS,
  kept: (id) => ({ status: 200, body: { id } }),
  async admit(deps, { rules }, { body, headers, byTopic }) {
    if (rules.kind !== 'sns') return { keep: true };
    if (byTopic) return { keep: true, identity: messageIdIn(body) };
    // raw delivery has no envelope and no signature: the key alone is its proof, where the source allows it
    if (rules.raw === true && headers['x-amz-sns-rawdelivery'] === 'true') {
      return { keep: true, identity: headers['x-amz-sns-message-id'] };
    }
    const envelope = await verifiedEnvelope(deps, body, rules.topics);
    if (envelope.Type === 'SubscriptionConfirmation') await deps.confirm(envelope.TopicArn, envelope.Token);
    return { keep: envelope.Type === 'Notification', identity: envelope.MessageId };
  },
};

const text = v.fallback(v.optional(v.string(), ''), '');
const Envelope = v.object({ Subject: v.nullish(text, ''), Message: v.string(), MessageId: text });
const FromSns = v.object({
  AlarmName: v.string(),
  AlarmDescription: v.nullish(text, ''),
  NewStateValue: v.string(),
  NewStateReason: text,
  AWSAccountId: text,
  Region: text,
  AlarmArn: text,
  Trigger: v.fallback(
    v.optional(
      v.object({ MetricName: text, Namespace: text, Threshold: v.fallback(v.optional(v.number()), undefined) }),
    ),
    undefined,
  ),
});
const State = v.object({ value: v.string(), reason: text });
const Configuration = v.fallback(v.object({ description: v.nullish(text, '') }), { description: '' });
const FromEventBridge = v.object({
  'detail-type': v.literal('CloudWatch Alarm State Change'),
  account: text,
  region: text,
  resources: v.fallback(v.optional(v.array(v.string()), []), []),
  detail: v.object({ alarmName: v.string(), state: State, configuration: Configuration }),
});
const FromAction = v.object({
  source: v.literal('aws.cloudwatch'),
  alarmArn: text,
  accountId: text,
  region: text,
  alarmData: v.object({ alarmName: v.string(), state: State, configuration: Configuration }),
});
const ForAmazonQ = v.object({
  source: v.literal('custom'),
  content: v.object({
    title: text,
    description: v.string(),
    nextSteps: v.fallback(v.optional(v.array(v.string()), []), []),
  }),
});

function messageIdIn(body: string): string | undefined {
  const parsed = v.safeParse(Envelope, parseObject(body) ?? {});
  return parsed.success && parsed.output.MessageId !== '' ? parsed.output.MessageId : undefined;
}

type Alarm = {
  name: string;
  description: string;
  state: string;
  reason: string;
  account: string;
  region: string;
  arn: string;
};

export const render: Render = (source, body): Rendering => {
  const envelope = v.safeParse(Envelope, parseObject(body) ?? {});
  const [subject, message, id] = envelope.success
    ? [envelope.output.Subject ?? '', envelope.output.Message, envelope.output.MessageId]
    : ['', body, ''];
  const said = saidOf(source, message, subject);
  return { said: [{ ...said, ...(id !== '' && { once: id }) }] };
};

function saidOf(source: Source, message: string, subject: string): Said {
  const words = WORDS[languageOf(source)];
  const given = parseObject(message);
  const alarm = given && alarmIn(given);
  if (alarm) return alarmSaid(alarm, words);
  const note = v.safeParse(ForAmazonQ, given ?? {});
  if (note.success) {
    const { title, description, nextSteps } = note.output.content;
    const steps = nextSteps.map((step) => `- ${fromSlack(step)}`).join('\n');
    const head = title === '' ? subject || source.name : title;
    return markdown(
      head,
      [`### ${asLine(head)}`, fromSlack(description), steps].filter((part) => part !== '').join('\n\n'),
    );
  }
  const title = subject || source.name;
  if (!given) return markdown(title, `### ${asLine(title)}\n\n${asMarkdown(shortened(message, MOST_TEXT))}`);
  const raw = shortened(JSON.stringify(given, undefined, 2), MOST_RAW).replaceAll('```', "'''");
  return markdown(title, `### ${asLine(title)}\n\n\`\`\`\n${raw}\n\`\`\``);
}

const MOST_TEXT = 15_000;
const MOST_RAW = 3_000;

/** By SNS, by EventBridge, and by an alarm's own action: three shapes of one thing. */
function alarmIn(given: Record<string, unknown>): Alarm | undefined {
  const sns = v.safeParse(FromSns, given);
  if (sns.success) {
    const { AlarmName: name, AlarmDescription, NewStateValue: state, NewStateReason: reason } = sns.output;
    const { AWSAccountId: account, Region, AlarmArn: arn } = sns.output;
    const region = arn.split(':')[3] ?? Region;
    return { name, description: AlarmDescription ?? '', state, reason, account, region, arn };
  }
  const bridge = v.safeParse(FromEventBridge, given);
  if (bridge.success) {
    const { account, region, resources, detail } = bridge.output;
    return { ...alarmOf(detail), account, region, arn: resources[0] ?? '' };
  }
  const action = v.safeParse(FromAction, given);
  if (!action.success) return undefined;
  const { accountId: account, region, alarmArn: arn, alarmData } = action.output;
  return { ...alarmOf(alarmData), account, region, arn };
}

function alarmOf({ alarmName, state, configuration }: v.InferOutput<typeof FromEventBridge>['detail']) {
  return {
    name: alarmName,
    description: configuration.description ?? '',
    state: state.value,
    reason: state.reason,
  };
}

const MARKS: Record<string, string> = { ALARM: '🔴', OK: '✅', INSUFFICIENT_DATA: '⚪' };

function alarmSaid({ name, description, state, reason, account, region, arn }: Alarm, words: Words): Said {
  const states: Record<string, string> = {
    ALARM: words.state.alarm,
    OK: words.state.ok,
    INSUFFICIENT_DATA: words.state.noData,
  };
  const head = `${MARKS[state] ?? '⚪'} ${states[state] ?? state}${words.colon}${name}`;
  const link = arn === '' || region === '' ? '' : `[${words.link.console}](${consoleOf(region, name)})`;
  const lines = [
    `### ${asLine(head)}`,
    asMarkdown(shortened(description, 500)),
    reason === '' ? '' : `${words.reason}${words.colon}${asMarkdown(shortened(reason, 500))}`,
    [account && `${words.account} ${account}`, region && `${words.region} ${region}`].filter(Boolean).join(' · '),
    link,
  ];
  const said = markdown(head, lines.filter((line) => line !== '').join('\n\n'));
  const incident = {
    identity: arn || `${region}/${name}`,
    state: state === 'OK' ? ('resolved' as const) : ('firing' as const),
    labels: defined({ alertname: name, account: account || undefined, region: region || undefined }),
  };
  // too little data to tell is a note, neither the beginning nor the end
  const told = { ...said, ...(state !== 'INSUFFICIENT_DATA' && { incident }) };
  return { ...told, ...(state === 'ALARM' && { priority: 'high' as const }) };
}

function consoleOf(region: string, alarm: string): string {
  const host = region.startsWith('cn-') ? 'console.amazonaws.cn' : 'console.aws.amazon.com';
  return `https://${host}/cloudwatch/home?region=${region}#alarmsV2:alarm/${encoded(alarm)}`;
}

/** Slack's marks, which such notes are written in: `<url|words>`, `*bold*`; emoji names stay as they are. */
function fromSlack(text: string): string {
  return shortened(text, MOST_TEXT, { markdown: true })
    .replace(/<(https?:\/\/[^|>\s]+)\|([^>]+)>/g, (_, url: string, words: string) => `[${words}](${url})`)
    .replace(/<(https?:\/\/[^|>\s]+)>/g, '$1')
    .replace(/(^|\s)\*([^*\n]+)\*(?=\s|$)/g, '$1**$2**');
}
