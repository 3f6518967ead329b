export type Variables = { stage: string; params: Record<string, unknown>; region: string };

/** The Serverless Framework's own `${…}`; `${AWS::…}` and `${Resource}` inside Fn::Sub are left to CloudFormation. */
export function fillIn(value: unknown, variables: Variables): unknown {
  if (Array.isArray(value)) return value.map((item) => fillIn(item, variables));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillIn(item, variables)]));
  }
  if (typeof value !== 'string') return value;
  const whole = VARIABLE.exec(value);
  if (whole !== null && whole[0] === value) return variable(value, whole, variables);
  return value.replaceAll(new RegExp(VARIABLE, 'g'), (text, ...groups: string[]) =>
    String(variable(text, [text, ...groups.slice(0, 3)], variables)),
  );
}

const VARIABLE = /\$\{(sls|param|opt):([\w-]+)(?:,\s*['"]?([^'"}]*)['"]?)?\}/;

function variable(text: string, [, source, name = '', fallback]: readonly (string | undefined)[], known: Variables) {
  if (name === 'stage' && source !== 'param') return known.stage;
  if (name === 'region' && source === 'opt') return known.region;
  if (source === 'param' && name in known.params) return fillIn(known.params[name], known);
  if (fallback !== undefined) return fallback;
  throw new Error(`serverless.yml: no local value for ${text}`);
}
