// The official SDK's own way to a robot message, a token and a to-do, in a handler that loads it and nothing else.
import * as oauth2 from '@alicloud/dingtalk/oauth2_1_0';
import * as robot from '@alicloud/dingtalk/robot_1_0';
import * as todo from '@alicloud/dingtalk/todo_1_0';

export const handler = async () => [oauth2.default, robot.default, todo.default].map((client) => typeof client);
