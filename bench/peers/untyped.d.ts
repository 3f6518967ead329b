declare module '@alicloud/dingtalk/oauth2_1_0';
declare module '@alicloud/dingtalk/robot_1_0';
declare module '@alicloud/dingtalk/todo_1_0';
declare module 'dingtalk-robot-sender';
