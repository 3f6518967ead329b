import { html, type Part } from '../html.ts';
import type { Notice } from '../page-frame.ts';
import { type Stranger, signInAddress, type Visit } from './visitor.ts';

type Told = Exclude<Stranger, 'foreign' | 'broken' | 'expired'>;

/** What people read in place of a page when it is not known who they are, or known that it is not for them. */
export const NOTICES = {
  nobody: [
    ['请先登录', '这里的内容只给知道身份的人看。登录已过期或尚未登录，请从钉钉重新打开链接。'],
    [
      'Please sign in',
      'This is shown to known people only. You are not signed in any more; open the link again from DingTalk.',
    ],
  ],
  preview: [
    ['在钉钉中打开', '打开链接后即可看到与你有关的内容。'],
    ['Open it in DingTalk', 'Open the link to see what concerns you.'],
  ],
  unguarded: [
    ['没有执行', '这次操作不是从本页发出的，因此没有生效。请从钉钉重新打开链接再试。'],
    [
      'Nothing was done',
      'This did not come from the page itself, so it changed nothing. Open the link again from DingTalk.',
    ],
  ],
  left: [
    ['你已不在该组织中', '这个链接只给组织内的人员使用。'],
    ['You left the organisation', 'This link is for people of the organisation only.'],
  ],
  elsewhere: [
    ['这里没有给你的内容', '这个链接只给该组织内的人员使用。如果你属于多个组织，请换用正确的账号。'],
    [
      'Nothing here for you',
      'This link is for people of the organisation only. If you belong to several, use the right account.',
    ],
  ],
} as const satisfies Record<Told, readonly [zh: Notice['zh'], en: Notice['en']]>;

/** A notice in both languages. */
export function noticeFor(name: Told): Notice {
  const [zh, en] = NOTICES[name];
  return { zh, en };
}

const STATUS_OF: Record<Told, number> = { nobody: 401, preview: 200, unguarded: 403, left: 403, elsewhere: 403 };

/** Why a page is not shown; `stranger` where that is since nobody is known. */
export type Closed = { status: number; message: Notice; stranger?: Stranger };

/** What a stranger is told. @param ofLink what the record's words say of a link that is not valid */
export function closedTo(stranger: Stranger, ofLink: (name: Exclude<Stranger, Told>) => Notice): Closed {
  if (stranger === 'expired') return { status: 410, message: ofLink(stranger) };
  if (stranger === 'foreign' || stranger === 'broken') return { status: 403, message: ofLink(stranger) };
  return { status: STATUS_OF[stranger], message: noticeFor(stranger), stranger };
}

/** The button to sign in, below a notice for somebody who may be known by it. @param path of the record's page */
export function signInFor({ stranger }: Closed, path: string, fields: Visit['fields']): Part {
  const may = stranger === 'nobody' || stranger === 'elsewhere';
  return may ? signInPart(signInAddress(path, fields)) : undefined;
}

/** A button to sign in, in both languages. */
export function signInPart(address: string): Part {
  return html`<p class="buttons"><a class="button done" href="${address}">使用钉钉登录<br><span lang="en">Sign in with DingTalk</span></a></p>`;
}
