import { createHmac } from 'node:crypto';
import type { DingTalkRefusal } from '../base/dingtalk-errors.ts';
import { refusalOf, refusedSend } from './transport/errors.ts';
import { type ExchangeDeps, exchange } from './transport/exchange.ts';

/** A custom robot: the `access_token` of its webhook address and, if it signs, its secret (`SEC…`, whole). */
export type CustomRobot = { accessToken: string; secret?: string };

export type Webhook = {
  /**
   * Sends a body of messaging.md §2.2 to a custom robot, once; with a `msgUuid` it may be repeated.
   * @throws DingTalkRefusal, DingTalkUnreachable
   */
  send(robot: CustomRobot, body: Record<string, unknown>): Promise<void>;
};

export type WebhookDeps = Omit<ExchangeDeps, 'app'> & { oapiUrl: string; now: () => number };

const TIMEOUT_MS = 10_000;
const OPERATION = 'webhook.send';

/** The signature as raw base64, to be URL-encoded once (messaging.md §2.1). */
export function signWebhook(secret: string, timestampMs: number): string {
  return createHmac('sha256', secret).update(`${timestampMs}\n${secret}`).digest('base64');
}

export function createWebhook({ http, count, oapiUrl, now }: WebhookDeps): Webhook {
  return {
    async send(robot, body) {
      const request = {
        method: 'POST' as const,
        url: addressOf(oapiUrl, robot, now()),
        headers: { 'content-type': 'application/json; charset=utf-8', accept: 'application/json' },
        body: JSON.stringify(body),
        timeoutMs: TIMEOUT_MS,
      };
      const secrets = [robot.accessToken, robot.secret ?? ''];
      const asked = { operation: OPERATION, host: 'oapi' as const, request, secrets };
      const { reading } = await exchange({ http, count, app: '' }, asked);
      if (!reading.good) throw refusedSend(unsigned(robot, reading.refusal));
    },
  };
}

/** Who does not sign is told that the time is wrong; what is missing is the signature. */
function unsigned({ secret }: CustomRobot, refusal: DingTalkRefusal): DingTalkRefusal {
  if (secret || refusal.code !== '310000.timestamp') return refusal;
  const { status, description: text } = refusal;
  return refusalOf(OPERATION, { code: '310000.sign', status, text });
}

/** Made anew for each message: a signature is good for an hour. */
function addressOf(oapiUrl: string, { accessToken, secret }: CustomRobot, timestampMs: number): string {
  const url = new URL(`${oapiUrl.replace(/\/+$/, '')}/robot/send`);
  url.searchParams.set('access_token', accessToken);
  if (secret) {
    url.searchParams.set('timestamp', String(timestampMs));
    url.searchParams.set('sign', signWebhook(secret, timestampMs));
  }
  return url.href;
}
