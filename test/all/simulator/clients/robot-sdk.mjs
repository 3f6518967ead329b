import Robot from 'dingtalk-robot-sdk';
import { report, shown } from './report.mjs';

const robot = new Robot({ accessToken: 'simopsrobot', secret: 'SECsimopsrobot' });
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
