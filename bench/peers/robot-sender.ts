import ChatBot from 'dingtalk-robot-sender';

export const handler = async () => typeof ChatBot;
