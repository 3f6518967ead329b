type Notice = readonly [title: string, text: string];

export const zh = {
  download: '下载',
  validUntil: '有效期至',
  /** Answers to a file that was sent to the robot. */
  inbound: {
    expired: (file: string) => `文件 ${file} 已过期，请重新发送。`,
    tooLarge: (file: string, _megabytes: number) => `文件 ${file} 太大，无法接收。`,
  },
  /** Pages in place of a file. */
  link: {
    preview: (): Notice => ['文件', '打开链接即可下载。'],
    unknown: (): Notice => ['没有这个链接', '请向发送者索取新的链接。'],
    expired: (file: string, day: string): Notice => ['链接已过期', `有效期至 ${day}。请发送者重新分享“${file}”。`],
    revoked: (file: string): Notice => ['链接已撤销', `请发送者重新分享“${file}”。`],
    usedUp: (file: string, views: number | undefined): Notice => [
      '链接已用完',
      `最多可打开 ${views} 次。请发送者重新分享“${file}”。`,
    ],
  },
};

export type Words = typeof zh;
