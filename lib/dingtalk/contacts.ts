import * as v from 'valibot';
import type { Caller } from './transport/call.ts';

export type Contacts = {
  /** A person by user id: robots and notifications take that, to-dos the union id (callbacks.md §10). */
  getUser(userId: string): Promise<{ userId: string; unionId: string; name: string }>;
  /** Internal apps only. */
  userIdOfMobile(mobile: string): Promise<string>;
  userIdOfUnionId(unionId: string): Promise<string>;
  /** Somebody of the organisation, or an external contact of it, who has a userid too (identity.md §2.5). */
  memberOfUnionId(unionId: string): Promise<{ userId: string; external: boolean }>;
};

const User = v.pipe(
  v.object({ result: v.object({ userid: v.string(), unionid: v.string(), name: v.string() }) }),
  v.transform(({ result }) => ({ userId: result.userid, unionId: result.unionid, name: result.name })),
);

const Found = v.pipe(
  v.object({ result: v.object({ userid: v.pipe(v.string(), v.nonEmpty()) }) }),
  v.transform(({ result }) => result.userid),
);

/** Numbers come as texts in the sample. */
const Member = v.pipe(
  v.object({
    result: v.object({ userid: v.pipe(v.string(), v.nonEmpty()), contact_type: v.union([v.number(), v.string()]) }),
  }),
  v.transform(({ result }) => ({ userId: result.userid, external: Number(result.contact_type) !== 0 })),
);

export function createContacts(call: Caller): Contacts {
  return {
    getUser: (userId) =>
      call({
        operation: 'contacts.getUser',
        host: 'oapi',
        method: 'POST',
        path: '/topapi/v2/user/get',
        body: { userid: userId, language: 'zh_CN' },
        reply: User,
        repeatable: true,
      }),

    userIdOfMobile: (mobile) =>
      call({
        operation: 'contacts.userIdOfMobile',
        host: 'oapi',
        method: 'POST',
        path: '/topapi/v2/user/getbymobile',
        body: { mobile },
        reply: Found,
        repeatable: true,
      }),

    userIdOfUnionId: (unionId) =>
      call({
        operation: 'contacts.userIdOfUnionId',
        host: 'oapi',
        method: 'POST',
        path: '/topapi/user/getbyunionid',
        body: { unionid: unionId },
        reply: Found,
        repeatable: true,
      }),

    memberOfUnionId: (unionId) =>
      call({
        operation: 'contacts.memberOfUnionId',
        host: 'oapi',
        method: 'POST',
        path: '/topapi/user/getbyunionid',
        body: { unionid: unionId },
        reply: Member,
        repeatable: true,
      }),
  };
}
