import type { Part } from '../html.ts';
import { type Notice, noticePage, type Opened } from '../page-frame.ts';
import { type Closed, closedTo, signInFor } from './notices.ts';
import type { Claim, PageHolder, PageLetter } from './page-link.ts';
import { askWho, type Visit, type Visitor, type VisitorDeps, whoLooks } from './visitor.ts';

/** The fields of a page's address or form, not verified yet, and the headers of the request in lower case. */
export type PageRequest = Pick<Visit, 'fields' | 'headers'>;

export type ClosedRecord = Closed & { sender?: string | undefined };

/** The page of one record, before it is known who looks. */
export type RecordPage<R> = {
  letter: PageLetter;
  id: string;
  find(): Promise<R | undefined>;
  holderOf(id: string, claim: Claim): PageHolder;
  noticeOf(name: 'broken' | 'foreign' | 'expired' | 'missing'): Notice;
};

/** The record and who looks at it, or why it is not shown. */
export async function visitRecord<R extends { corpId?: string | undefined }>(
  deps: VisitorDeps,
  { id, find, holderOf, noticeOf }: RecordPage<R>,
  request: PageRequest & Pick<Visit, 'method'>,
): Promise<{ found: R; visitor: Visitor } | ClosedRecord> {
  const proved = ['p', 'e', 's'].some((name) => name in request.fields);
  const found = await find();
  const holder = proved ? holderOf(id, request.fields) : undefined;
  const visitor = await whoLooks(deps, { ...request, id, holder, corpId: found?.corpId });
  if (typeof visitor === 'string') return closedTo(visitor, noticeOf);
  return found ? { found, visitor } : { status: 404, message: noticeOf('missing') };
}

/** In place of a record: why it is not shown, and the way to sign in; who only looked is asked at once who they are. */
export function closedRecord(
  closed: ClosedRecord,
  { letter, id }: Pick<RecordPage<unknown>, 'letter' | 'id'>,
  request: PageRequest & Pick<Visit, 'method'>,
): Opened {
  const path = `/${letter}/${encodeURIComponent(id)}`;
  const ask = request.method === 'GET' && closed.stranger === 'nobody' ? askWho(path, request) : undefined;
  if (ask) return ask;
  const more: Part = signInFor(closed, path, request.fields);
  return noticePage(closed.status, closed.message, { sender: closed.sender, more });
}

/** Back to the page after a deed, in the reader's language. */
export function backTo(id: string, { address }: Pick<Visitor, 'address'>, lang: string): Opened {
  const query = new URLSearchParams({ ...address, lang });
  return { status: 303, headers: { location: `${id}?${query}`, 'cache-control': 'no-store' } };
}
