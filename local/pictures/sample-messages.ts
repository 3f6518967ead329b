import { crc32, deflateSync } from 'node:zlib';
import * as v from 'valibot';

/**
 * One message of each kind that DingTalk's clients show, with what they show otherwise than it was written (looks.md §2):
 * for the pictures in docs/looks and for the tests of the simulator's page.
 */
export const SAMPLE_GROUP = 'cidLooks=';
const ROBOT = 'looksrobot';

const Answer = v.record(v.string(), v.unknown());
type Answer = v.InferOutput<typeof Answer>;
const Said = v.array(v.object({ id: v.string() }));

/** How a sample is sent, and the media ids it may use. */
type Desk = {
  robot(msgtype: string, content: object, at?: object): Promise<Answer>;
  app(msgKey: string, msgParam: object): Promise<Answer>;
  chat(msgtype: string, content: object): Promise<Answer>;
  card(template: string, cardParamMap: Record<string, string>, space?: object): Promise<Answer>;
  say(body: object): Promise<Answer>;
  media: Record<'image' | 'voice' | 'video' | 'file', string>;
};

type Sample = { kind: string; send(desk: Desk, sent: ReadonlyMap<string, string>): Promise<Answer> };

/** Sends all of them into a group of their own, and answers with the id of each by its kind. */
export async function sendSamples(simulator: string): Promise<Map<string, string>> {
  const desk = await openDesk(simulator);
  const ids = new Map<string, string>();
  for (const { kind, send } of SAMPLES) {
    const told = await send(desk, ids);
    const all = v.parse(Said, await (await fetch(`${simulator}/_sim/messages`)).json());
    const id = all.at(-1)?.id;
    if (id === undefined || [...ids.values()].includes(id))
      throw new Error(`the sample ${kind} was not taken: ${JSON.stringify(told)}`);
    ids.set(kind, id);
  }
  return ids;
}

async function openDesk(simulator: string): Promise<Desk> {
  const post = async (path: string, body: object, token = ''): Promise<Answer> => {
    const headers = { 'content-type': 'application/json', 'x-acs-dingtalk-access-token': token };
    const answer = await fetch(`${simulator}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return v.parse(Answer, await answer.json());
  };
  await post('/_sim/groups', { openConversationId: SAMPLE_GROUP, chatId: 'chatLooks', title: '样式群 Looks' });
  await post('/_sim/robots', { accessToken: ROBOT, name: '样式机器人', conversation: SAMPLE_GROUP });
  const app = { appKey: 'dingsimapp', appSecret: 'dingsimsecret' };
  const token = String((await post('/v1.0/oauth2/accessToken', app)).accessToken);
  const keep = async (type: string, name: string, data: Buffer) =>
    String((await post('/_sim/files', { type, name, base64: data.toString('base64') })).mediaId);
  return {
    robot: (msgtype, content, at = {}) =>
      post(`/robot/send?access_token=${ROBOT}`, { msgtype, [msgtype]: content, at }),
    app: (msgKey, msgParam) => {
      const to = { robotCode: 'dingsimapp', openConversationId: SAMPLE_GROUP };
      return post('/v1.0/robot/groupMessages/send', { ...to, msgKey, msgParam: JSON.stringify(msgParam) }, token);
    },
    chat: (msgtype, content) => {
      const msg = { msgtype, [msgtype]: content };
      return post(`/chat/send?access_token=${token}`, { chatid: 'chatLooks', msg });
    },
    card: (cardTemplateId, cardParamMap, space = {}) => {
      const body = {
        cardTemplateId,
        outTrackId: `look-${Object.keys(cardParamMap).join('-')}`,
        openSpaceId: `dtv1.card//IM_GROUP.${SAMPLE_GROUP}`,
        imGroupOpenSpaceModel: { supportForward: true, ...space },
        imGroupOpenDeliverModel: { robotCode: 'dingsimapp' },
        cardData: { cardParamMap },
      };
      return post('/v1.0/card/instances/createAndDeliver', body, token);
    },
    say: (body) => post('/_sim/say', { conversation: SAMPLE_GROUP, from: 'lisi', ...body }),
    media: {
      image: await keep('image', '机房.png', gradient(360, 200)),
      voice: await keep('voice', '语音.amr', Buffer.from('#!AMR')),
      video: await keep('video', '演示.mp4', Buffer.from('mp4')),
      file: await keep(
        'file',
        '2026 年第三季度各区域销售数据与同比增长情况汇总报告（终稿）.pdf',
        Buffer.alloc(180_000),
      ),
    },
  };
}

const REPORT = `### 部署完成
- **服务** billing-api 2.14.0
- **环境** production

第一行
第二行，<font color="#FF0000">3 个错误</font>

> 用时 2 分 31 秒

| 区域 | 结果 |
|---|---|
| 华东 | 正常 |

\`\`\`
    kubectl get pods
\`\`\`

[构建]: https://ci.example/1

---

@13800000001 请看`;

const SAMPLES: Sample[] = [
  {
    kind: 'text',
    send: ({ robot }) =>
      robot('text', { content: '磁盘将满：/data 剩 3%\n请处理 @13800000001' }, { atMobiles: ['13800000001'] }),
  },
  {
    kind: 'markdown',
    send: ({ robot }) => robot('markdown', { title: '部署完成', text: REPORT }, { atMobiles: ['13800000001'] }),
  },
  {
    kind: 'raw-html',
    send: ({ robot }) => robot('markdown', { title: '告警', text: '### 告警\n值为 <nil>，请看 **日志**' }),
  },
  {
    kind: 'link',
    send: ({ robot, media }) =>
      robot('link', {
        title: '十一月账单已出',
        text: '本月共 12,840 元，比上月少 3%。明细与各部门分摊见附页，请在五日之内确认，逾期视为无误。',
        messageUrl: 'https://bill.example/11',
        picUrl: media.image,
      }),
  },
  {
    kind: 'action-card',
    send: ({ robot, media }) =>
      robot('actionCard', {
        title: '待审批：采购 3 台服务器',
        text: `![机房](${media.image})\n### 采购 3 台服务器\n合计 **96,000** 元，[明细](https://oa.example/1/items)`,
        singleTitle: '去审批',
        singleURL: 'https://oa.example/1',
      }),
  },
  {
    kind: 'action-card-buttons',
    send: ({ robot }) =>
      robot('actionCard', {
        title: '今晚发布？',
        text: '### 今晚 22:00 发布 2.0\n- 停机约 5 分钟\n- 可回退',
        btnOrientation: '1',
        btns: ['同意', '改期', '拒绝'].map((title) => ({ title, actionURL: `https://oa.example/${title}` })),
      }),
  },
  {
    kind: 'action-card-halves',
    send: ({ app }) =>
      app('sampleActionCard6', {
        title: '请确认值班',
        text: '### 周六值班\n09:00 至 21:00',
        buttonTitle1: '确认',
        buttonUrl1: 'https://oa.example/yes',
        buttonTitle2: '换班',
        buttonUrl2: 'https://oa.example/no',
      }),
  },
  {
    kind: 'feed-card',
    send: ({ robot, media }) =>
      robot('feedCard', {
        links: Array.from({ length: 11 }, (_, n) => ({
          title: `第 ${n + 1} 条要闻`,
          messageURL: `https://news.example/${n + 1}`,
          picURL: media.image,
        })),
      }),
  },
  {
    kind: 'oa',
    send: ({ chat, media }) =>
      chat('oa', {
        message_url: 'https://oa.example/m/1',
        pc_message_url: 'https://oa.example/pc/1',
        head: { bgcolor: 'FF1D5FD6', text: '报销' },
        body: {
          title: '张三的报销申请',
          form: ['部门：研发', '类别：差旅', '出发：上海', '到达：北京', '天数：3', '同行：李四', '备注：无'].map(
            (row) => {
              const [key = '', value = ''] = row.split('：');
              return { key: `${key}：`, value };
            },
          ),
          rich: { num: '2,360.50', unit: '元' },
          content:
            '三天两晚，住宿按标准。交通为高铁二等座，往返各一次；市内交通为地铁与出租车，票据齐全，已按日期贴好，请审核。',
          image: media.image,
          file_count: '3',
          author: '张三',
        },
      }),
  },
  { kind: 'image', send: ({ app, media }) => app('sampleImageMsg', { photoURL: media.image }) },
  {
    kind: 'file',
    send: ({ app, media }) =>
      app('sampleFile', {
        mediaId: media.file,
        fileName: '2026 年第三季度各区域销售数据与同比增长情况汇总报告（终稿）.pdf',
        fileType: 'pdf',
      }),
  },
  { kind: 'voice', send: ({ app, media }) => app('sampleAudio', { mediaId: media.voice, duration: '8000' }) },
  {
    kind: 'video',
    send: ({ app, media }) =>
      app('sampleVideo', { videoMediaId: media.video, videoType: 'mp4', picMediaId: media.image, duration: '75' }),
  },
  {
    kind: 'card',
    send: ({ card }) => {
      const buttons = {
        msgButtons: [
          { text: '查看日志', url: 'https://ci.example/log' },
          { text: '重试', id: 'retry', request: true },
        ],
      };
      const order = ['msgTitle', 'msgContent', 'msgButtons'];
      return card(
        '382e4302-551d-4880-bf29-a30acfab2e71.schema',
        {
          flowStatus: '2',
          msgTitle: '构建 #128',
          msgContent: '已完成 **3/4** 步<br>用时 2 分钟\n\n| 步骤 | 结果 |\n|---|---|\n| 测试 | 通过 |',
          sys_full_json_obj: JSON.stringify({ order, ...buttons }),
        },
        {
          lastMessageI18n: { ZH_CN: '构建 #128 进行中', EN_US: 'Build #128 is running' },
          notification: { alertContent: '构建开始' },
        },
      );
    },
  },
  {
    kind: 'card-of-ones-own',
    send: ({ card }) => card('mine', { title: '发布', state: '等待', owner: '李四' }),
  },
  { kind: 'said', send: ({ say }, sent) => say({ text: '收到，马上看', quote: sent.get('markdown') }) },
];

/** A picture in a few hundred bytes: rows of one colour each, from blue to white. */
function gradient(width: number, height: number): Buffer {
  const row = (y: number) => {
    const share = y / height;
    const colour = [29 + 160 * share, 95 + 110 * share, 214].map(Math.round);
    return Buffer.concat([Buffer.of(0), Buffer.alloc(width * 3, Buffer.from(colour))]);
  };
  const pixels = Buffer.concat(Array.from({ length: height }, (_, y) => row(y)));
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  const head = Buffer.concat([size, Buffer.of(8, 2, 0, 0, 0)]);
  const signature = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
