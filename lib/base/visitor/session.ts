import { createHmac } from 'node:crypto';
import * as v from 'valibot';
import { same } from '../hash.ts';
import { createSeal } from '../seal.ts';

/** A person, as DingTalk named them: a userId means somebody in its organisation only (identity.md §2.5). */
export type Member = { corpId: string; userId: string };
/** Somebody who signed in; `at` is when DingTalk said who it is (epoch ms). */
export type Session = Member & { at: number };

const HOUR_MS = 3600_000;
/**
 * So long a browser keeps a session, so long a page that is open has one of its own in memory, and so long the console's acts
 * before its person is looked up again.
 */
const LIVES_MS = { cookie: 24 * HOUR_MS, bearer: HOUR_MS, console: HOUR_MS / 6 };
type Kind = keyof typeof LIVES_MS;

/** The prefix makes browsers take it from this very host only, over TLS, for all its paths. */
const COOKIE = '__Host-dingdock';
const MARKS = 'Path=/; Secure; HttpOnly; SameSite=Lax';

/** Before a token of the console, so that it is told from a key without opening either. */
export const CONSOLE_TOKEN = 'dc_';

const Kept = v.pipe(v.string(), v.parseJson(), v.strictTuple([v.string(), v.string(), v.number()]));

/** What tells a session: headers in lower case. */
export type Headers = Record<string, string | undefined>;

export type Sessions = {
  /** A session of now: the header that sets its cookie, and the short one for the page's memory. */
  begin(member: Member): { cookie: string; bearer: string };
  /** The session that a request brings; in a frame of another site, where no cookie is sent, by its bearer. */
  read(headers: Headers): Session | undefined;
  /** What the console sends the API in place of a key: of one that was begun, for minutes. */
  consoleToken(member: Member): string;
  /** Whose that is; undefined where it is over, or is none. */
  readConsoleToken(token: string): Member | undefined;
  /** What a form of a record has to bring, so that no other page can send it for the session. */
  guardOf(session: Session, record: string): string;
  isGuarded(session: Session, record: string, guard: string | undefined): boolean;
  /** The header that ends the session in this browser. */
  end(): string;
};

/** Sessions are sealed, and kept nowhere: the key alone tells a right one. @param key of the stage, for cookies */
export function createSessions({ key, now }: { key: string; now: () => number }): Sessions {
  const seal = createSeal(key, 'session');
  const write = ({ corpId, userId }: Member, kind: Kind) => seal.seal(JSON.stringify([corpId, userId, now()]), kind);

  function open(sealed: string | undefined, kind: Kind): Session | undefined {
    const [corpId, userId, at] = textIn(seal, sealed, kind) ?? [];
    if (corpId === undefined || userId === undefined || at === undefined || at + LIVES_MS[kind] <= now())
      return undefined;
    return { corpId, userId, at };
  }

  const guardOf = ({ corpId, userId, at }: Session, record: string) =>
    createHmac('sha256', key)
      .update(JSON.stringify(['form', corpId, userId, at, record]))
      .digest('base64url')
      .slice(0, 22);

  return {
    begin: (member) => ({
      cookie: `${COOKIE}=${write(member, 'cookie')}; Max-Age=${LIVES_MS.cookie / 1000}; ${MARKS}`,
      bearer: write(member, 'bearer'),
    }),
    read: (headers) => open(bearerIn(headers), 'bearer') ?? open(cookieIn(headers, COOKIE), 'cookie'),
    consoleToken: (member) => CONSOLE_TOKEN + write(member, 'console'),
    readConsoleToken: (token) => open(token.slice(CONSOLE_TOKEN.length), 'console'),
    guardOf,
    isGuarded: (session, record, guard) => guard !== undefined && same(guardOf(session, record), guard),
    end: () => `${COOKIE}=; Max-Age=0; ${MARKS}`,
  };
}

/** What a sealed session says; undefined where it is none, or was sealed for another place. */
function textIn(seal: ReturnType<typeof createSeal>, sealed: string | undefined, kind: Kind) {
  if (sealed === undefined) return undefined;
  try {
    const kept = v.safeParse(Kept, seal.open(sealed, kind));
    return kept.success ? kept.output : undefined;
  } catch {
    return undefined;
  }
}

/** The token of `Authorization: Bearer`. */
export function bearerIn({ authorization = '' }: Headers): string | undefined {
  return /^Bearer ([\w-]+)$/i.exec(authorization)?.[1];
}

/** The cookie of that name. */
export function cookieIn({ cookie = '' }: Headers, name: string): string | undefined {
  const found = cookie.split(/;\s*/).find((each) => each.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}
