import { DWClient } from 'dingtalk-stream';

export const handler = async () => typeof DWClient;
