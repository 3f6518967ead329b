import * as v from 'valibot';

/** Who made a step of an approval or an incident, where that is a person. */
const ByPerson = v.object({ type: v.literal('person'), id: v.string() });

/** Somebody by all ids that DingTalk gives, and what stands in their place once they are erased. */
export type Who = { userId: string; unionIds: ReadonlySet<string>; standIn: string };

/** The members of a table's records that hold ids of people; the same text elsewhere, as the name of a destination, is another thing. */
export const PEOPLE_IN = {
  tasks: [
    ...['userId', 'unionId', 'by', 'assignee', 'person'],
    ...['ownerUnionId', 'executors', 'participants', 'doneBy'],
  ],
  messages: ['userId', 'users'],
  shares: ['sentTo', 'sending'],
  conversations: ['owner', 'members'],
  /** Of approvals and incidents; `read` and `people` are of those whom an incident went on to. */
  records: ['userId', 'unionId', 'people', 'read'],
} as const satisfies Record<string, string[]>;
export type Part = keyof typeof PEOPLE_IN;

/** The record without the person: another id in place of theirs, no name, no comment of theirs. */
export function without(who: Who, part: Part, record: Record<string, unknown>): Record<string, unknown> {
  const members: readonly string[] = PEOPLE_IN[part];
  const isTheirs = (value: unknown) => value === who.userId || (typeof value === 'string' && who.unionIds.has(value));

  function cleaned(value: unknown, member: string): unknown {
    if (typeof value === 'string') {
      return members.includes(member) && isTheirs(value) ? who.standIn : withoutInName(who, value);
    }
    if (Array.isArray(value)) return value.map((each) => cleaned(each, member));
    if (value instanceof Set) return new Set([...value].map((each) => cleaned(each, member)));
    if (typeof value !== 'object' || value === null) return value;
    return cleanedObject(value, member);
  }

  function cleanedObject(value: object, member: string): Record<string, unknown> {
    const { userId, by }: Record<string, unknown> = { ...value };
    const isOfThem = [userId, by].some((id) => isTheirs(v.is(ByPerson, id) ? id.id : id));
    const drops = (name: string) =>
      (name === 'name' && isTheirs(userId)) ||
      (name === 'comment' && isOfThem) ||
      (member === 'rows' && name === `person#${who.userId}`) ||
      (member === 'names' && name === who.userId);
    const kept = Object.entries(value).filter(([name]) => !drops(name));
    const isId = (name: string) => name === 'id' && v.is(ByPerson, value) && isTheirs(value.id);
    return Object.fromEntries(
      kept.map(([name, each]) => [withoutInName(who, name), isId(name) ? who.standIn : cleaned(each, name)]),
    );
  }

  return cleanedObject(record, '');
}

const NAME = /^(@[^:]*:)(.+)$/;

/** The name of a destination that is people one to one (`nameOfPeople`), without the person; any other text as it is. */
export function withoutInName({ userId, standIn }: Who, name: string): string {
  const [, app, people = ''] = NAME.exec(name) ?? [];
  if (app === undefined) return name;
  return (
    app +
    people
      .split(',')
      .map((one) => (one === encodeURIComponent(userId) ? standIn : one))
      .join(',')
  );
}
