export const zh = {
  messages: (count: number) => `${count} 条消息`,
  test: (destination: string) => `dingdock 测试消息 · ${destination}`,
};

export type Words = typeof zh;
