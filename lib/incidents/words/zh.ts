/** What people read of incidents. */
export const zh = {
  gathered: (count: number) => `期间另有 ${count} 次更新`,
  lasted: (minutes: number) =>
    minutes < 60 ? `历时 ${minutes} 分钟` : `历时 ${Math.floor(minutes / 60)} 小时 ${minutes % 60} 分钟`,
  again: (count: number) => `再次触发，共 ${count} 次`,
  between: '，',
};

export type Words = typeof zh;
