/** The simulated organisation: who is in it, its groups, its app and its custom robots. */
export type Person = {
  userId: string;
  unionId: string;
  name: string;
  mobile: string;
  /** What they call themselves, which is what OAuth tells (identity.md §0, fact 7). */
  nick?: string;
  /** 1 main administrator, 2 sub-administrator, 100 boss, 0 none (identity.md §1.8). */
  sysLevel?: number;
  /** Why no work notification reaches them, such as 1430004, the protection of executives (messaging.md §5.5). */
  notificationCode?: string;
};

/** Somebody who is not in the organisation; an external contact of it has a userId as well (identity.md §0, fact 8). */
export type Outsider = {
  unionId: string;
  nick: string;
  mobile?: string;
  userId?: string;
  /** Their own organisations. */
  corps: string[];
  /** A snapshot user (identity.md §2.4). */
  visitor?: boolean;
};

export type Group = {
  openConversationId: string;
  chatId: string;
  title: string;
  members: string[];
  dissolved?: boolean;
  /** Of another organisation; muted; the app's robot is not in it, or was stopped in it (messaging.md §3.6). */
  foreign?: boolean;
  muted?: boolean;
  robotAbsent?: boolean;
  robotStopped?: boolean;
  /** The robot came with a cool app, so every message has to name it (messaging.md §3.1). */
  coolAppCode?: string;
};

export type App = {
  appKey: string;
  appSecret: string;
  agentId: number;
  robotCode: string;
  name: string;
  /** The robot is switched off, or may not begin a one-to-one chat (messaging.md §3.6). */
  robotStopped?: boolean;
  noOneToOne?: boolean;
  /** Stopped by the organisation: 50003; may not notify: 41044 (messaging.md §5.8, §8.4). */
  disabled?: boolean;
  noNotifications?: boolean;
  /** Scopes that were not granted (messaging.md §8.4). */
  missingScopes?: string[];
  /** Who the app can see; absent: everybody (50002, 50004 of messaging.md §5.8). */
  visibleUsers?: string[];
  /** From where the app may be called, IPv4 addresses or CIDR blocks; absent: from anywhere (messaging.md §8.3). */
  ips?: string[];
  /** Where the web app lives, and the two lists of the console's security settings (identity.md §1.2). */
  homePages?: string[];
  redirectUrls?: string[];
  ssoUrls?: string[];
  unpublished?: boolean;
  noWebAbility?: boolean;
};

export type CustomRobot = {
  accessToken: string;
  name: string;
  conversation: string;
  secret?: string;
  keywords: string[];
  /** IPv4 addresses or CIDR blocks that may send; empty: all (messaging.md §2). */
  ips: string[];
  disabled?: boolean;
  /** Taken out of its group; its address is still known (400106, messaging.md §2.4). */
  removed?: boolean;
};

export type Tenant = {
  corpId: string;
  corpSecret: string;
  callbackToken: string;
  callbackAesKey: string;
  cardSecret: string;
  people: Person[];
  outsiders: Outsider[];
  groups: Group[];
  apps: App[];
  robots: CustomRobot[];
};

export const mainApp: App = {
  appKey: 'dingsimapp',
  appSecret: 'dingsimsecret',
  agentId: 1000001,
  robotCode: 'dingsimapp',
  name: 'dingdock',
  redirectUrls: ['http://127.0.0.1', 'http://localhost'],
};

export function createTenant(): Tenant {
  return {
    corpId: 'dingsimcorp',
    corpSecret: 'dingsimcorpsecret',
    callbackToken: 'simcallbacktoken',
    callbackAesKey: 'simsimsimsimsimsimsimsimsimsimsimsimsimsim0',
    cardSecret: 'simcardsecret',
    people: [
      { userId: 'zhangsan', unionId: 'union-zhangsan', name: '张三', nick: '小张', sysLevel: 1, mobile: '13800000001' },
      { userId: 'lisi', unionId: 'union-lisi', name: '李四', nick: '四哥', mobile: '13800000002' },
      { userId: 'wangwu', unionId: 'union-wangwu', name: '王五', nick: 'wangwu88', mobile: '13800000003' },
    ],
    outsiders: [
      {
        unionId: 'union-partner',
        userId: 'ext-partner',
        nick: '合作伙伴',
        mobile: '13900000001',
        corps: ['dingpartner'],
      },
      { unionId: 'union-stranger', nick: '路人', corps: [] },
    ],
    groups: [
      {
        openConversationId: 'cidOps=',
        chatId: 'chatOps',
        title: '运维群 Ops',
        members: ['zhangsan', 'lisi', 'wangwu'],
      },
      {
        openConversationId: 'cidProject=',
        chatId: 'chatProject',
        title: '项目群 Project',
        members: ['zhangsan', 'lisi', 'wangwu'],
      },
    ],
    apps: [{ ...mainApp }],
    robots: [
      {
        accessToken: 'simopsrobot',
        name: '运维机器人',
        conversation: 'cidOps=',
        secret: 'SECsimopsrobot',
        keywords: [],
        ips: [],
      },
    ],
  };
}

export function personById(tenant: Tenant, userId: string): Person | undefined {
  return tenant.people.find((person) => person.userId === userId);
}

export function personByUnionId(tenant: Tenant, unionId: string): Person | undefined {
  return tenant.people.find((person) => person.unionId === unionId);
}

export function groupById(tenant: Tenant, openConversationId: string): Group | undefined {
  return tenant.groups.find((group) => group.openConversationId === openConversationId);
}

/** A group's title, or the name of the person of a one-to-one conversation. */
export function conversationTitle(tenant: Tenant, conversation: string): string {
  return groupById(tenant, conversation)?.title ?? personById(tenant, conversation)?.name ?? conversation;
}
