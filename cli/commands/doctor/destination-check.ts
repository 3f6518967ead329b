import { MessageView } from '../../../contract/answers/messages.ts';
import type { Destination } from '../../../lib/messages/destination.ts';
import { robotsOf } from '../../../lib/messages/kinds/kinds.ts';
import { CliError, EXIT } from '../../exit.ts';
import { apiOf } from '../../stage/api.ts';
import { bad, type Cause, type Finding, good } from './causes.ts';
import type { Check, World } from './check.ts';

/** A test message to one destination, by the deployed functions: their clock, their address, their secret. */
export function destination(name: string): Check {
  const check = `destination ${name}`;
  return {
    name: check,
    async run(world) {
      const sent = await attempt(world, name);
      if ('finding' in sent) return [sent.finding];
      const { message } = sent;
      if (message.status === 'sent') return [good(check, `a test message arrived (${message.id})`)];
      const last = message.deliveries?.[0]?.attempts.at(-1);
      const kept = await world.target.destinations().then((table) => table.get(name));
      return [finding(check, kept, message.status, last)];
    },
  };

  async function attempt(
    { io, given, target }: World,
    to: string,
  ): Promise<{ message: MessageView } | { finding: Finding }> {
    try {
      const path = `/destinations/${encodeURIComponent(to)}/test`;
      return { message: await apiOf(io, given, target).call(MessageView, `POST ${path}`) };
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      const cause = { [EXIT.unreachable]: 'api-unreachable', [EXIT.key]: 'key-unknown' } as const;
      const known: Cause = error.exit === EXIT.unreachable || error.exit === EXIT.key ? cause[error.exit] : 'refused';
      return { finding: bad(check, known, error.message) };
    }
  }
}

const BY_CODE: Record<string, Cause> = {
  '310000.keyword': 'keyword',
  '310000.ip': 'ip-not-allowed',
  '300005': 'robot-gone',
  '300001': 'robot-gone',
  '400101': 'robot-gone',
  '400102': 'robot-gone',
  '400106': 'robot-gone',
  ip_ban: 'address-banned',
};
const BY_CLASS: Record<string, Cause> = {
  permission: 'permission',
  ip: 'ip-not-allowed',
  gone: 'unknown-receiver',
  credentials: 'credentials',
};

function finding(
  check: string,
  kept: Destination | undefined,
  status: string,
  last: NonNullable<MessageView['deliveries']>[number]['attempts'][number] | undefined,
): Finding {
  const { code = '', class: kind, reason = last?.remedy } = last ?? {};
  const said = `the test message is ${status}${code && ` (${code})`}${reason === undefined ? '' : `: ${reason}`}`;
  if (/^310000\.(sign|timestamp)$/.test(code)) return signature(check, kept, code);
  const cause = BY_CODE[code] ?? BY_CLASS[String(kind)];
  if (cause !== undefined) return bad(check, cause, said);
  // a wrong person is no refusal of the call: DingTalk takes it and leaves the person out
  return bad(check, 'refused', said);
}

/** One answer of DingTalk, three causes (messaging.md §2.4): what is stored tells them apart. */
function signature(check: string, kept: Destination | undefined, code: string): Finding {
  const robots = (kept ? robotsOf(kept) : []).filter((robot) => 'accessToken' in robot);
  if (robots.some(({ secret }) => secret === undefined))
    return bad(check, 'sign-mode', 'the robot wants a signature, and no secret is stored for it');
  const encoded = robots.find(({ accessToken, secret = '' }) => /%[0-9a-f]{2}/i.test(accessToken + secret));
  if (encoded)
    return bad(
      check,
      'sign-encoded-twice',
      'the stored token or secret is percent-encoded already, and is encoded again',
    );
  if (code === '310000.timestamp') return bad(check, 'sign-clock', "the functions' time is not DingTalk's");
  return bad(check, 'sign-secret', 'the robot signs with another secret than is stored');
}
