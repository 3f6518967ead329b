import { DingTalkRefusal } from '../base/dingtalk-errors.ts';
import type { Language } from '../base/language.ts';
import type { Member } from '../base/visitor/session.ts';
import type { SignIn } from '../dingtalk/sign-in.ts';

/** An app whose people sign in, and how it asks DingTalk who somebody is. */
export type SignInApp = {
  name: string;
  corpId: string;
  /** Client ID */
  appKey: string;
  /** What its people know it as. */
  sender: string;
  language: Language;
  /** Whether the console is ready for it. */
  signIn: boolean;
  codes: SignIn;
  contacts: { memberOfUnionId(unionId: string): Promise<{ userId: string; external: boolean }> };
};

/** Why nobody is signed in: the code is none, or was used; or DingTalk knows the person and the organisation does not. */
export type Refused = 'code_refused' | 'not_a_member';

/** By DingTalk's code of either call (identity.md §1.8, §2.3); 60121: not in this organisation (identity.md §2.5). */
const REFUSALS: Record<string, Refused> = {
  '40078': 'code_refused',
  'invalidParameter.authCode.notFound': 'code_refused',
  '40079': 'not_a_member',
  '50002': 'not_a_member',
  '60121': 'not_a_member',
};

/** Who an in-app code is. The organisation is the app's own, since its token asks. */
export function memberOfCode(app: SignInApp, code: string): Promise<Member | Refused> {
  return told(async () => {
    const { userId, unionId } = await app.codes.userOfCode(code);
    const known = await ofOrganisation(app, unionId);
    return typeof known === 'string' || known.userId === userId ? known : 'not_a_member';
  });
}

/** Who a code of the sign-in page is. It answers "who", hardly "of this organisation": that is looked up. */
export function memberOfAuthCode(app: SignInApp, code: string): Promise<Member | Refused> {
  return told(async () => {
    const { unionId, corpId } = await app.codes.userOfAuthCode(code);
    return corpId === app.corpId ? ofOrganisation(app, unionId) : 'not_a_member';
  });
}

/** External contacts have a userid too (identity.md §0, fact 8). */
async function ofOrganisation({ contacts, corpId }: SignInApp, unionId: string): Promise<Member | Refused> {
  const { userId, external } = await contacts.memberOfUnionId(unionId);
  return external ? 'not_a_member' : { corpId, userId };
}

async function told(ask: () => Promise<Member | Refused>): Promise<Member | Refused> {
  try {
    return await ask();
  } catch (error) {
    const refused = error instanceof DingTalkRefusal ? REFUSALS[error.code] : undefined;
    if (refused === undefined) throw error;
    return refused;
  }
}
