export const zh = {
  title: '使用钉钉登录',
  why: '登录后，这里只显示与你有关的内容。',
  asking: '正在登录…',
  signIn: '使用钉钉登录',
  open: '在钉钉中打开',
  phone: '在手机上请在钉钉中打开，无需再登录。',
  ownLink: '也可以单独给机器人发送“状态”和任务编号，会收到只属于你的链接。',
  goOn: '继续',
  signedIn: '登录成功',
  refused: {
    code_refused: ['登录没有成功', '登录凭证已失效或已被使用。请再试一次。'],
    foreign_state: ['登录没有成功', '这次登录不是从本页开始的，或已超过十分钟。请再试一次。'],
    gave_up: ['没有登录', '钉钉没有确认你的身份。'],
    off: ['这个链接不完整', '请从钉钉重新打开：单独给机器人发送“状态”和任务编号，就会收到你的链接。'],
    no_page: ['没有这个页面', '请从钉钉重新打开链接。'],
    too_fast: ['请稍候', '尝试登录的次数过多，请一分钟后再试。'],
    sorry: ['暂时无法登录', '系统或钉钉没有及时响应。请稍后再试。'],
  },
} as const;

type Notices = Record<keyof (typeof zh)['refused'], readonly [title: string, text: string]>;
export type Words = { [K in keyof typeof zh]: K extends 'refused' ? Notices : string };
