import Robot from 'dingtalk-robot-sdk';
import { ROBOT, report, shown } from './report.mjs';

/** Its host is fixed, but for the address of a session, which it does not sign. */
const { OWN_ADDRESS: sessionWebhook } = process.env;
const robot = new Robot(sessionWebhook ? { sessionWebhook } : { accessToken: 'simopsrobot', secret: ROBOT.secret });
/** The client tells nobody what came of it. */
const send = (content, text) => {
  robot.send(content);
  return shown(text);
};

await report({
  text: () => send(new Robot.Text('sdk 文本').atPhone('13800000002'), 'sdk 文本'),
  markdown: () => send(new Robot.Markdown().setTitle('sdk 标题').add('**好**'), 'sdk 标题'),
  link: () =>
    send(
      new Robot.Link('sdk 链接').setTitle('标题').setUrl('https://example.com').setImage('https://example.com/p.png'),
      'sdk 链接',
    ),
});
