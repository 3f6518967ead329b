import { DingTalkRefusal } from '../base/dingtalk-errors.ts';
import { refusedSend } from './transport/errors.ts';
import { type ExchangeDeps, exchange } from './transport/exchange.ts';

/** The reply channel that comes with a robot message: no token, no signature, for a limited time (messaging.md §4). */
export type SessionWebhook = {
  /** Whether the address is DingTalk's. A robot message's body is not signed, so the address in it is not trusted. */
  owns(url: string): boolean;
  /**
   * `over`: the session has expired, even if its expiry time lies ahead. @throws DingTalkRefusal, DingTalkUnreachable
   */
  send(url: string, body: Record<string, unknown>): Promise<'sent' | 'over'>;
};

const TIMEOUT_MS = 10_000;
const OPERATION = 'sessionWebhook.send';
/** "session 不存在" (messaging.md §4). */
const SESSION_OVER = '300001';

export function createSessionWebhook({ oapiUrl, ...deps }: ExchangeDeps & { oapiUrl: string }): SessionWebhook {
  const { origin } = new URL(oapiUrl);
  return {
    owns(url) {
      if (!URL.canParse(url)) return false;
      const given = new URL(url);
      return given.origin === origin && given.pathname === '/robot/sendBySession';
    },

    async send(url, body) {
      const request = {
        method: 'POST' as const,
        url,
        headers: { 'content-type': 'application/json; charset=utf-8', accept: 'application/json' },
        body: JSON.stringify(body),
        timeoutMs: TIMEOUT_MS,
      };
      const secrets = [new URL(url).searchParams.get('session') ?? ''];
      const asked = { operation: OPERATION, host: 'oapi' as const, request, secrets };
      const { reading } = await exchange(deps, asked);
      if (reading.good) return 'sent';
      const refusal = refusedSend(reading.refusal);
      if (refusal instanceof DingTalkRefusal && refusal.code === SESSION_OVER) return 'over';
      throw refusal;
    },
  };
}
