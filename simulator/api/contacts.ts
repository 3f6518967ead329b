import { canSee, outOfRange } from '../gateway/app-access.ts';
import { oldOk, oldRefusal, type Refusal } from '../gateway/envelope.ts';
import { type Call, guarded, type Route } from '../gateway/route.ts';
import { numberIn, textIn } from '../json.ts';
import type { RefusalId } from '../world/refusals.ts';
import { visitorByUnionId } from '../world/sign-in.ts';
import type { State } from '../world/state.ts';
import { type Person, personById } from '../world/tenant.ts';

/** Contact look-ups (callbacks.md §10). Everybody is in the root department, 1. */
export function contactRoutes(state: State): Route[] {
  return [
    guarded('POST', '/topapi/v2/user/get', (call, app) => {
      const person = personById(state.tenant, need(call, 'userid'));
      if (!person) throw oldRefusal('contact.unknown-id', 33012, '无效的USERID');
      if (!canSee(app, person.userId)) throw outOfRange('topapi', 'user');
      return oldOk({ result: card(state, person) });
    }),
    guarded('POST', '/topapi/v2/user/getbymobile', (call) => {
      const mobile = need(call, 'mobile');
      if (!/^\+?[\d-]{5,20}$/.test(mobile)) throw oldRefusal('contact.mobile', 40104, '不合法的手机号码');
      const person = state.tenant.people.find((candidate) => candidate.mobile === mobile);
      if (!person) throw notFound('contact.unknown-mobile');
      return oldOk({ result: { userid: person.userId } });
    }),
    guarded('POST', '/topapi/user/getbyunionid', (call) => {
      // an external contact has a userid too; who is neither is not of this organisation (identity.md §2.5)
      const { person, outsider } = visitorByUnionId(state, need(call, 'unionid')) ?? {};
      const userid = person?.userId ?? outsider?.userId;
      if (userid === undefined) throw notFound('contact.unknown-union');
      return oldOk({ result: { contact_type: person ? 0 : 1, userid } });
    }),
    guarded('POST', '/topapi/v2/department/listsub', (call) => {
      checkDepartment(numberIn(call.body, 'dept_id') ?? 1);
      return oldOk({ result: [] });
    }),
    guarded('POST', '/topapi/v2/department/listsubid', (call) => {
      checkDepartment(numberIn(call.body, 'dept_id'));
      return oldOk({ result: { dept_id_list: [] } });
    }),
    guarded('POST', '/topapi/user/listid', (call) => {
      checkDepartment(numberIn(call.body, 'dept_id'));
      return oldOk({ result: { userid_list: state.tenant.people.map((person) => person.userId) } });
    }),
  ];
}

function card(state: State, person: Person) {
  return {
    userid: person.userId,
    unionid: person.unionId,
    name: person.name,
    mobile: person.mobile,
    state_code: '86',
    dept_id_list: [1],
    active: true,
    admin: person.userId === state.tenant.people[0]?.userId,
    boss: false,
    hide_mobile: false,
  };
}

function need(call: Call, name: string): string {
  const value = textIn(call.body, name);
  if (!value) throw oldRefusal('contact.member-missing', 400002, `无效的参数: ${name}`);
  return value;
}

function checkDepartment(department: number | undefined): void {
  if (department === undefined) throw oldRefusal('department.missing', 400002, '无效的参数: dept_id');
  if (department !== 1) throw oldRefusal('department.unknown', 60003, '部门不存在');
}

function notFound(id: RefusalId): Refusal {
  return oldRefusal(id, 60121, '找不到该用户');
}
