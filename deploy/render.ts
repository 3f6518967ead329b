/** As packaging makes it. */
export type Packaged = { Conditions?: Record<string, unknown> } & Record<string, unknown>;

type Bag = Record<string, unknown>;
const isBag = (value: unknown): value is Bag => typeof value === 'object' && value !== null && !Array.isArray(value);
/** `Ref: AWS::NoValue`: the property is not there. */
const NOTHING = Symbol('no value');

/** The template as CloudFormation would carry it out: conditions decided, and what they switch off left out. */
export function render({ Conditions = {}, ...template }: Packaged): object {
  const holds = (condition: unknown): boolean => {
    if (typeof condition === 'string') return holds(Conditions[condition]);
    if (!isBag(condition)) throw new Error(`no condition: ${JSON.stringify(condition)}`);
    const [[key, of] = []] = Object.entries(condition);
    if (!Array.isArray(of)) throw new Error(`no condition: ${JSON.stringify(condition)}`);
    if (key === 'Fn::Not') return !holds(of[0]);
    if (key === 'Fn::Equals') return String(of[0]) === String(of[1]);
    throw new Error(`no condition: ${key}`);
  };
  const decide = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(decide).filter((each) => each !== NOTHING);
    if (!isBag(value)) return value;
    if (value.Ref === 'AWS::NoValue') return NOTHING;
    const chosen = value['Fn::If'];
    if (Array.isArray(chosen)) return decide(holds(chosen[0]) ? chosen[1] : chosen[2]);
    const entries = Object.entries(value)
      .filter(([, each]) => !(isBag(each) && typeof each.Condition === 'string' && !holds(each.Condition)))
      .map(([key, each]) => [key, decide(each)] as const);
    // a policy's Condition is an object
    return Object.fromEntries(
      entries.filter(([key, each]) => each !== NOTHING && !(key === 'Condition' && typeof each === 'string')),
    );
  };
  const rendered = decide(template);
  if (!isBag(rendered)) throw new Error('no template');
  return rendered;
}
