import { type DestinationOf, type Kind, notCarried } from './kind.ts';
import { OLD_MESSAGE } from './old-message.ts';

/** The legacy group calls, for apps that still hold the right (messaging.md §6). */
export const conversation: Kind<DestinationOf<'conversation'>> = {
  ...OLD_MESSAGE,
  async send({ appNamed }, { app, chatId, sender = '', cid = '' }, { rendered }) {
    if (rendered.form !== 'msg') throw notCarried();
    const { conversations } = appNamed(app);
    const { msg } = rendered;
    if (chatId !== undefined) return { receipt: (await conversations.sendToChat({ chatId, msg })).messageId };
    await conversations.sendAs({ sender, cid, msg });
    return {};
  },
};
