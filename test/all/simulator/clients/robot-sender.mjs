import ChatBot from 'dingtalk-robot-sender';
import { ROBOT, report } from './report.mjs';

const { origin, pathname, searchParams } = new URL(ROBOT.address);
const address = { baseUrl: `${origin}${pathname}`, accessToken: searchParams.get('access_token') };
const robot = new ChatBot({ ...address, secret: ROBOT.secret });
const forged = new ChatBot({ ...address, secret: 'SECwrong' });
const link = { title: '标题', text: '内容', messageUrl: 'https://example.com', picUrl: 'https://example.com/p.png' };
const code = async (sent) => (await sent).data.errcode;

await report({
  text: () => code(robot.text('你好', { atMobiles: ['13800000002'] })),
  markdown: () => code(robot.markdown('标题', '**你好**')),
  link: () => code(robot.link(link)),
  actionCard: () =>
    code(robot.actionCard({ title: '标题', text: '内容', btns: [{ title: '看', actionURL: 'https://example.com' }] })),
  feedCard: () => code(robot.feedCard([{ title: '标题', messageURL: 'https://example.com', picURL: link.picUrl }])),
  'wrong secret': () => code(forged.text('你好')),
});
