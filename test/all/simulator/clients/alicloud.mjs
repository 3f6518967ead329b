import { createRequire } from 'node:module';
import { report } from './report.mjs';

const load = createRequire(import.meta.url);
const product = (name) => load(`@alicloud/dingtalk/dist/${name}/client`);
const { RuntimeOptions } = load('@alicloud/tea-util');
const api = load('@alicloud/openapi-client');
const [oauth, robot, todo] = ['oauth2_1_0', 'robot_1_0', 'todo_1_0'].map(product);
/** With the client's own hosts. */
const config = { protocol: 'https', regionId: 'central' };
const runtime = new RuntimeOptions({});
/** As the client's own calls say it. */
const ROA = {
  protocol: 'HTTP',
  authType: 'AK',
  style: 'ROA',
  reqBodyType: 'none',
  bodyType: 'json',
};
let token = '';

await report({
  getAccessToken: async () => {
    const wanted = new oauth.GetAccessTokenRequest({ appKey: 'dingsimapp', appSecret: 'dingsimsecret' });
    token = (await new oauth.default(config).getAccessToken(wanted)).body.accessToken;
    return token.length > 0;
  },
  orgGroupSend: async () => {
    const headers = new robot.OrgGroupSendHeaders({ xAcsDingtalkAccessToken: token });
    const content = { msgKey: 'sampleText', msgParam: '{"content":"你好"}' };
    const message = new robot.OrgGroupSendRequest({
      robotCode: 'dingsimapp',
      openConversationId: 'cidOps=',
      ...content,
    });
    return (
      (await new robot.default(config).orgGroupSendWithOptions(message, headers, runtime)).body.processQueryKey !== ''
    );
  },
  batchSendOTO: async () => {
    const headers = new robot.BatchSendOTOHeaders({ xAcsDingtalkAccessToken: token });
    const content = { msgKey: 'sampleText', msgParam: '{"content":"你好"}' };
    const message = new robot.BatchSendOTORequest({ robotCode: 'dingsimapp', userIds: ['lisi'], ...content });
    return (
      (await new robot.default(config).batchSendOTOWithOptions(message, headers, runtime)).body.processQueryKey !== ''
    );
  },
  createTodoTask: async () => {
    const headers = new todo.CreateTodoTaskHeaders({ xAcsDingtalkAccessToken: token });
    const people = { creatorId: 'union-zhangsan', executorIds: ['union-lisi'] };
    const detailUrl = { appUrl: 'https://example.com/1', pcUrl: 'https://example.com/1' };
    const task = new todo.CreateTodoTaskRequest({
      operatorId: 'union-zhangsan',
      subject: '看一下',
      detailUrl,
      ...people,
    });
    return (await new todo.default(config).createTodoTaskWithOptions('union-zhangsan', task, headers, runtime)).body
      .subject;
  },
  '20 paths that DingTalk has not': async () => {
    let refused = 0;
    for (let n = 0; n < 20; n += 1) {
      const request = new api.OpenApiRequest({ headers: { 'x-acs-dingtalk-access-token': token }, body: {} });
      const path = { pathname: `/v1.0/${n % 2 ? 'robot' : 'nothing'}/path/${n}`, method: n % 3 ? 'POST' : 'GET' };
      const params = new api.Params({ action: 'Nothing', version: 'robot_1.0', ...path, ...ROA });
      await new robot.default(config).execute(params, request, runtime).catch(({ code }) => {
        if (code === 'InvalidAction.NotFound') refused += 1;
      });
    }
    return refused;
  },
});
