import { expect } from 'vitest';

/** Other people's clients, without a line changed in them: how each comes here, what is called, and what it gives. */
export type Client = {
  name: string;
  /** As the document says it. */
  by: string;
  packages?: string[];
  driver: string;
  /** What is played as the client takes it for granted; the strict reading is the default. */
  settings?: Record<string, unknown>;
  calls: Record<string, unknown>;
  /** What it hears by Stream, and whether its answer is one by the documents. */
  hears?: Record<string, boolean>;
  /** For the document. */
  note?: string;
};

const PRELOAD = '`--import dingtalk-simulator/preload`';

export const NODE_CLIENTS: Client[] = [
  {
    name: '`dingtalk-stream` (Node)',
    by: PRELOAD,
    packages: ['dingtalk-stream'],
    driver: 'stream-node.mjs',
    calls: {},
    hears: { 'robot message': true, event: true },
  },
  {
    name: '`@alicloud/dingtalk`',
    by: PRELOAD,
    packages: ['@alicloud/dingtalk'],
    driver: 'alicloud.mjs',
    calls: {
      getAccessToken: true,
      orgGroupSend: true,
      batchSendOTO: true,
      createTodoTask: '看一下',
      '20 paths that DingTalk has not': 20,
    },
  },
  {
    name: '`@soimy/dingtalk`',
    by: PRELOAD,
    packages: ['@soimy/dingtalk', 'dingtalk-stream'],
    driver: 'soimy.mjs',
    calls: {
      token: true,
      'group message': true,
      'message to a person': true,
      file: true,
      'card: create': true,
      'card: stream': null,
      'card: finish': null,
      'card: recall': true,
      'connect by Stream': true,
    },
    hears: { 'robot message': true },
  },
  {
    name: '`@satorijs/adapter-dingtalk`',
    by: PRELOAD,
    packages: ['@satorijs/adapter-dingtalk', '@satorijs/core@4', 'cordis@3', '@cordisjs/plugin-http@0'],
    driver: 'satori.mjs',
    settings: { markdownNeedsTitle: false, stream: { anyAcceptIsJson: true } },
    calls: { token: true, 'group message': 1, recall: null },
    hears: { 'robot message': false },
    note: 'sends Markdown without a title and asks the gateway for no JSON; never answers a robot message',
  },
  {
    name: '`dingtalk-robot-sender`',
    by: PRELOAD,
    packages: ['dingtalk-robot-sender'],
    driver: 'robot-sender.mjs',
    calls: { text: 0, markdown: 0, link: 0, actionCard: 0, feedCard: 0, 'wrong secret': 310000 },
  },
  {
    name: '`dingtalk-robot-sdk`',
    by: PRELOAD,
    packages: ['dingtalk-robot-sdk'],
    driver: 'robot-sdk.mjs',
    calls: { text: 'text', markdown: 'markdown', link: 'link' },
  },
];

/** Its source is in no package: a checkout is named by UPTIME_KUMA. */
export const KUMA: Client = {
  name: 'Uptime Kuma’s provider',
  by: PRELOAD,
  packages: ['axios', 'dayjs', 'jsonata', 'liquidjs', 'http-proxy-agent', 'https-proxy-agent', 'socks-proxy-agent'],
  driver: 'kuma.mjs',
  calls: {
    text: 'Sent Successfully.',
    'text to all': 'Sent Successfully.',
    markdown: 'Sent Successfully.',
    'wrong secret': expect.stringContaining('签名不匹配'),
  },
};

export const PYTHON_CLIENTS: Client[] = [
  {
    name: '`dingtalk-stream` (Python)',
    by: '`DINGTALK_OPENAPI_ENDPOINT`',
    packages: ['dingtalk-stream'],
    driver: 'stream_python.py',
    calls: { token: true },
    hears: { 'robot message': true, event: false },
    note: 'answers an event without a status',
  },
  {
    name: 'Apprise',
    by: '`PYTHONPATH=…/dingtalk-simulator/python`',
    packages: ['apprise'],
    driver: 'apprise_send.py',
    calls: { text: true, 'text to a phone': true, markdown: true, 'unknown robot': true },
    note: 'says that a refused message was sent',
  },
];

export const GO: Client = {
  name: '`dingtalk-stream-sdk-go`',
  by: '`client.WithOpenApiHost`',
  packages: ['github.com/open-dingtalk/dingtalk-stream-sdk-go@v0.9.1'],
  driver: 'stream.go',
  calls: {},
  hears: { 'robot message': true, event: true },
};

export const CLIENTS: Client[] = [...NODE_CLIENTS, KUMA, ...PYTHON_CLIENTS, GO];
