export const zh = {
  messages: (count: number) => `${count} 条消息`,
  test: (destination: string) => `dingdock 测试消息 · ${destination}`,
  /** A card that is tried. */
  trial: {
    title: 'dingdock 测试卡片',
    text: '请点下面的按钮，确认卡片按钮的点击可以收到。',
    button: '点这里',
    seen: '✅ 收到了点击。之后的卡片会带可直接点击的按钮。',
    over: '⌛ 没有收到点击，测试已结束。无需处理。',
  },
};

export type Words = typeof zh;
