type Notice = readonly [title: string, text: string];

export const zh = {
  download: '下载',
  validUntil: (time: string) => `有效期至 ${time}`,
  /** Answers to a file that was sent to the robot. */
  inbound: {
    expired: (file: string | undefined) => `文件${file ? `“${file}”` : ''}已过期，请重新发送。`,
    tooLarge: (file: string | undefined, megabytes: number) =>
      `文件${file ? `“${file}”` : ''}太大，无法接收：最大 ${megabytes} MB。`,
  },
  /** Pages in place of a file. */
  link: {
    preview: (): Notice => ['文件', '打开链接即可下载。'],
    unknown: (): Notice => ['没有这个链接', '请向发送者索取新的链接。'],
    expired: (file: string, time: string): Notice => [
      '链接已过期',
      `有效期已于 ${time} 结束。请联系发送者重新分享“${file}”。`,
    ],
    revoked: (file: string): Notice => ['链接已撤销', `请联系发送者重新分享“${file}”。`],
    usedUp: (file: string, views: number | undefined): Notice => [
      '链接已用完',
      `最多可打开 ${views} 次。请联系发送者重新分享“${file}”。`,
    ],
  },
};

export type Words = typeof zh;
