import { createHmac, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { parseObject } from '../../base/json.ts';
import type { Content } from '../../messages/content.ts';
import type { Mention } from '../../messages/mention.ts';
import { asLine, asLink, asMarkdown } from '../../messages/text/plain.ts';
import { shortened } from '../../messages/text/tokens.ts';
import { brokenBody, type Delivery, type Door, SourceRefusal } from '../delivery.ts';
import { markdown, type Render, type Said } from '../said.ts';

// The wire of a custom robot, POST /robot/send (messaging.md §2): senders change nothing but the address.

/** Numbers and texts stand for one another in what senders write. */
const text = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String), v.nonEmpty());
const maybe = v.optional(
  v.pipe(
    v.nullable(v.union([v.string(), v.number()])),
    v.transform((given) => String(given ?? '')),
  ),
  '',
);
const ids = v.optional(
  v.pipe(
    v.nullable(v.array(text)),
    v.transform((given) => given ?? []),
  ),
  [],
);
const flag = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((given) => given === true || given === 'true' || given === 1),
  ),
  false,
);
const button = v.object({ title: text, actionURL: text });
const item = v.object({ title: text, messageURL: text, picURL: maybe });

const At = v.optional(v.object({ atMobiles: ids, atUserIds: ids, isAtAll: flag }));
/** What each msgtype needs. */
const BODIES = {
  text: v.object({ text: v.object({ content: text }) }),
  markdown: v.object({ markdown: v.object({ title: text, text }) }),
  link: v.object({ link: v.object({ title: text, text, messageUrl: text, picUrl: maybe }) }),
  actionCard: v.object({
    actionCard: v.union([
      v.object({ title: text, text, singleTitle: text, singleURL: text }),
      v.object({ title: text, text, btns: v.pipe(v.array(button), v.minLength(1)), btnOrientation: maybe }),
    ]),
  }),
  feedCard: v.object({ feedCard: v.object({ links: v.pipe(v.array(item), v.minLength(1)) }) }),
};
type Body = v.InferOutput<(typeof BODIES)[keyof typeof BODIES]>;
const isMsgtype = (name: unknown): name is keyof typeof BODIES =>
  typeof name === 'string' && Object.hasOwn(BODIES, name);

/** DingTalk's own limit; text and Markdown are split (messaging.md §2.5). */
const MAX_BYTES = 20_000;
const HOUR_MS = 3_600_000;

export const door: Door = {
  async admit({ now }, { rules }, delivery) {
    if (rules.kind === 'dingtalk-robot' && rules.secret !== undefined) requireSign(rules.secret, delivery, now());
    requireJson(delivery);
    const given = parseObject(delivery.body);
    if (!given) throw brokenBody('缺少参数 json');
    const body = bodyOf(given);
    if (!('text' in body) && !('markdown' in body) && delivery.bytes.length > MAX_BYTES) {
      throw refusal('too_long', 460101, `message too long, exceed ${MAX_BYTES} bytes`);
    }
    const { msgUuid } = given;
    return { keep: true, identity: typeof msgUuid === 'string' && msgUuid !== '' ? msgUuid : undefined };
  },
  kept: () => answer(0, 'ok'),
  refused: ({ errcode, remedy = '' }) => answer(errcode, remedy),
  failed: { status: 503, body: { errcode: -1, errmsg: '系统繁忙' } },
};

export const render: Render = (_, body) => {
  const given = parseObject(body) ?? {};
  const at = v.safeParse(At, given.at);
  const mention = at.success && at.output ? mentionOf(at.output) : undefined;
  const { msgUuid } = given;
  const once = typeof msgUuid === 'string' && msgUuid !== '' ? msgUuid : undefined;
  return { said: [{ ...saidOf(bodyOf(given)), mention, once }] };
};

/** Always 200, as DingTalk answers: senders read the number, or nothing at all. */
function answer(errcode: number, errmsg: string) {
  return { status: 200, body: { errcode, errmsg } };
}

function refusal(code: string, errcode: number, remedy: string): SourceRefusal {
  return new SourceRefusal(code, { remedy, status: 200, errcode });
}

/** @throws SourceRefusal as DingTalk would: what is no msgtype, or lacks a member */
function bodyOf(given: Record<string, unknown>): Body {
  const { msgtype } = given;
  if (!isMsgtype(msgtype))
    throw refusal('unknown_msgtype', 400105, '错误描述:不支持的消息类型;解决方案:请检查 msgtype');
  const parsed = v.safeParse(BODIES[msgtype], given);
  if (parsed.success) return parsed.output;
  const member = parsed.issues.map((issue) => v.getDotPath(issue)).find((path) => path !== null) ?? msgtype;
  throw refusal('missing_member', 400402, `错误描述:缺少参数 ${member}`);
}

function requireJson({ headers }: Delivery): void {
  if (/^application\/json\b/i.test(headers['content-type'] ?? '')) return;
  throw refusal('wrong_content_type', 43004, '无效的HTTP HEADER Content-Type');
}

/** The sign of the last hour. Some senders encode it twice (`%252F`), which DingTalk refuses: here the key is the proof. */
function requireSign(secret: string, { query }: Delivery, now: number): void {
  const { timestamp = '', sign = '' } = query;
  if (!/^\d{13}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > HOUR_MS) {
    throw refusal(
      'bad_signature',
      310000,
      '错误描述:机器人发送签名过期;解决方案:签名生成时间和发送时间请保持在一小时以内',
    );
  }
  const right = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest();
  const given = Buffer.from(decoded(sign).replaceAll(' ', '+'), 'base64');
  if (given.length === right.length && timingSafeEqual(given, right)) return;
  throw refusal('bad_signature', 310000, '错误描述:机器人发送签名不匹配;解决方案:请检查签名的密钥');
}

function decoded(sign: string): string {
  if (!sign.includes('%')) return sign;
  try {
    return decodeURIComponent(sign);
  } catch {
    return sign;
  }
}

function mentionOf({ atMobiles, atUserIds, isAtAll }: NonNullable<v.InferOutput<typeof At>>): Mention | undefined {
  if (atMobiles.length + atUserIds.length === 0 && !isAtAll) return undefined;
  return { mobiles: atMobiles, users: atUserIds, fallback: 'text', ...(isAtAll && { all: true }) };
}

function saidOf(body: Body): Said {
  if ('text' in body) return both({ kind: 'text', text: body.text.content });
  if ('markdown' in body) return both({ kind: 'markdown', ...body.markdown });
  if ('link' in body) {
    const { title, text: words, messageUrl: url, picUrl } = body.link;
    const content: Content = { kind: 'link', title, text: words, url, ...(picUrl !== '' && { pictureUrl: picUrl }) };
    return { content, plain: markdown(title, linkInWords(body.link)).content };
  }
  if ('feedCard' in body) {
    const items = body.feedCard.links.map(({ title, messageURL: url, picURL: pictureUrl }) => ({
      title,
      url,
      pictureUrl,
    }));
    const lines = items.map(({ title, url }) => `- ${asLink(title, url)}`).join('\n');
    return { content: { kind: 'feedCard', items }, plain: markdown(items[0]?.title ?? '', lines).content };
  }
  return cardOf(body.actionCard);
}

/** Title and words of a link are plain texts; what shows of the address is its beginning. */
function linkInWords({ title, text, messageUrl }: { title: string; text: string; messageUrl: string }): string {
  return `### ${asLine(title)}\n\n${asMarkdown(text)}\n\n${asLink(shortened(messageUrl, 60), messageUrl)}`;
}

function cardOf(card: Extract<Body, { actionCard: unknown }>['actionCard']): Said {
  const { title, text: words } = card;
  const buttons =
    'btns' in card
      ? card.btns.map((each) => ({ title: each.title, url: each.actionURL }))
      : [{ title: card.singleTitle, url: card.singleURL }];
  const isFlat = 'btns' in card && card.btnOrientation === '1';
  const content: Content = {
    kind: 'actionCard',
    title,
    text: words,
    buttons,
    ...(isFlat && { orientation: 'horizontal' }),
  };
  const links = buttons.map((each) => asLink(each.title, each.url)).join(' · ');
  return { content, plain: markdown(title, `${words}\n\n${links}`).content };
}

function both(content: Content): Said {
  return { content, plain: content };
}
