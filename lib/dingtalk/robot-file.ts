import * as v from 'valibot';
import type { Caller } from './transport/call.ts';

export type RobotFiles = {
  /** Exchanges the code of a received file for an address that is good for minutes (files.md §7). */
  addressOf(downloadCode: string): Promise<{ url: string }>;
};

const Address = v.pipe(
  v.object({ downloadUrl: v.string() }),
  v.transform(({ downloadUrl }) => ({ url: downloadUrl })),
);

export function createRobotFiles(call: Caller, robotCode: string): RobotFiles {
  return {
    addressOf: (downloadCode) =>
      call({
        operation: 'robotFiles.addressOf',
        host: 'api',
        method: 'POST',
        path: '/v1.0/robot/messageFiles/download',
        body: { downloadCode, robotCode },
        reply: Address,
        repeatable: true,
      }),
  };
}
