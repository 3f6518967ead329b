export const zh = { messages: '条消息', test: '测试消息' };

export type Words = typeof zh;
