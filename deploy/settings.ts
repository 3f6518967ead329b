// Every setting of a stage: its type, what it is without being set, and what it means. `serverless.yml` has the same
// names and defaults, docs/deploy.md the same table, and `dingdock deploy` takes these and no others; tests hold them
// together.

/** What a value must look like; `says` names it in words. */
export type Kind = { says: string; takes(value: string): boolean };

export type Setting = {
  /** `''` is "none", or what `computed` says. */
  standard: string;
  kind: Kind;
  /** One line of docs/deploy.md. */
  means: string;
  /** What stands in the table where the default is not a fixed text. */
  computed?: string;
};

const like = (says: string, pattern: RegExp): Kind => ({ says, takes: (value) => pattern.test(value) });
const oneOf = (...values: string[]): Kind => ({
  says: values.length < 3 ? values.join(' or ') : `one of ${values.join(', ')}`,
  takes: (value) => values.includes(value),
});
const whole = (from: number, to: number): Kind => ({
  says: `a whole number from ${from} to ${to}`,
  takes: (value) => /^\d{1,9}$/.test(value) && Number(value) >= from && Number(value) <= to,
});

const URL_OF_HTTPS = like('an https:// address', /^https:\/\/[\w.-]+(:\d+)?(\/\S*)?$/);
const TOPIC = like('the ARN of an SNS topic', /^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/);
const PEOPLE = like(
  'userIds with commas between, such as zhangsan,lisi, 500 characters at most',
  /^(?=.{1,500}$)[\w@.-]{1,64}(,[\w@.-]{1,64})*$/,
);
const YES_OR_NO = oneOf('true', 'false');
const HOST = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
/** What CloudWatch Logs takes as retention. */
const LOG_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const OF_TOKENS = ['jwtIssuer', 'jwtAudience', 'jwtScopeClaim', 'jwtScopePrefix', 'jwtDestinations'] as const;

export const SETTINGS = {
  monthlyApiCalls: {
    standard: '5000',
    kind: whole(1, 999_999_999),
    means: "what DingTalk's edition allows the organisation a month; alarms tell at 80, 95 and 100 %",
  },
  monthlyWebhookCalls: { standard: '3000', kind: whole(1, 999_999_999), means: 'the same for custom robots' },
  quotaReservePercent: {
    standard: '10',
    kind: whole(0, 100),
    means:
      'of both, kept for messages with `priority: high`: the others wait for the next month, and say so. 0: nothing waits',
  },
  mostParts: {
    standard: '20',
    kind: whole(1, 1000),
    means: 'messages that one long text may become at a destination; more are refused (`too_many_calls`)',
  },
  mostCalls: {
    standard: '200',
    kind: whole(1, 100_000),
    means: 'calls to DingTalk that one request may take, all receivers together; more are refused (`too_many_calls`)',
  },
  mostWaiting: {
    standard: '5',
    kind: whole(1, 1000),
    means:
      'requests that wait for an outcome (`Prefer: wait`) at a time; more are answered at once. Each takes one of the runs that the account has. Not chosen, `dingdock deploy` takes 50 where there are 500',
  },
  apiUrl: {
    standard: 'https://api.dingtalk.com',
    kind: URL_OF_HTTPS,
    means: "DingTalk's host; organisations outside China may have one that ends in `.io`",
  },
  oapiUrl: { standard: 'https://oapi.dingtalk.com', kind: URL_OF_HTTPS, means: 'the same for its older interface' },
  authorizer: {
    standard: 'apiKey',
    kind: oneOf('apiKey', 'jwt', 'iam'),
    means: '[who may call](#other-callers-than-api-keys): `apiKey`, `jwt` or `iam`',
  },
  jwtIssuer: { standard: '', kind: URL_OF_HTTPS, means: 'with `jwt`: who issues the tokens' },
  jwtAudience: {
    standard: '',
    kind: like('text without blanks', /^\S{1,256}$/),
    means: 'with `jwt`: for whom they are',
  },
  jwtScopeClaim: {
    standard: 'scope',
    kind: like('the name of a claim', /^[\w.:/-]{1,256}$/),
    means: 'with `jwt`: the claim that holds the scopes, such as `scope` or `scp`',
  },
  jwtScopePrefix: {
    standard: '',
    kind: like('text without blanks', /^\S{1,256}$/),
    means: "with `jwt`: what stands before dingdock's scopes, such as a resource server's `https://dingdock/`",
  },
  jwtDestinations: {
    standard: 'optional',
    kind: oneOf('optional', 'required'),
    means:
      'with `jwt`: whether a token has to name its destinations (`dingdock_destinations`); else one that does not is for all',
  },
  consoleOperators: {
    standard: '',
    kind: PEOPLE,
    means:
      'who signs in at [the console](operations.md#the-console) by DingTalk and does all that it can: people of the first app, which takes `signIn`',
  },
  consoleReaders: { standard: '', kind: PEOPLE, means: 'the same for people who only look there' },
  network: {
    standard: 'none',
    kind: oneOf('none', 'nat', 'own'),
    means: '[how DingTalk is reached](#a-fixed-address-for-dingtalks-allow-list): `none`, `nat` or `own`',
  },
  addressAllocationId: {
    standard: '',
    kind: like('the id of an Elastic IP, such as eipalloc-0123456789abcdef0', /^eipalloc-[0-9a-f]{8,17}$/),
    means: 'with `nat`: an Elastic IP that is there, instead of a new one',
  },
  subnetIds: {
    standard: '',
    kind: like(
      'ids of subnets with commas between, such as subnet-0123456789abcdef0',
      /^subnet-[0-9a-f]{8,17}(,subnet-[0-9a-f]{8,17}){0,15}$/,
    ),
    means: 'with `own`: the private subnets, with commas between',
  },
  securityGroupIds: {
    standard: '',
    kind: like(
      'ids of security groups with commas between, such as sg-0123456789abcdef0',
      /^sg-[0-9a-f]{8,17}(,sg-[0-9a-f]{8,17}){0,4}$/,
    ),
    means: 'with `own`: the security groups, with commas between',
  },
  domain: {
    standard: '',
    kind: like('a host name in small letters, such as dock.example.com', HOST),
    means: '[a name of your own](#a-name-of-your-own) for the API',
  },
  certificateArn: {
    standard: '',
    kind: like(
      'the ARN of a certificate, such as arn:aws:acm:<region>:<account>:certificate/<id>',
      /^arn:aws[\w-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
    ),
    means: 'with `domain`: its certificate, in the region of the stage',
  },
  firstAddress: {
    standard: 'open',
    kind: oneOf('open', 'closed'),
    means:
      'with `domain`: `closed` shuts the address that AWS gave the API, and links that have it. Not chosen, `dingdock deploy` closes it for a stage that begins with a domain',
  },
  alarmEmail: {
    standard: '',
    kind: like('a mail address', /^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/),
    means:
      'where [alarms](operations.md) go: AWS sends a mail to confirm it. Without it and without `alarmTopicArn` there are none',
  },
  alarmTopicArn: {
    standard: '',
    kind: TOPIC,
    means: 'the same, to an SNS topic that is there',
  },
  fallbackTopicArn: {
    standard: '',
    kind: TOPIC,
    means: 'the topic that destinations may have as their [fallback](messages.md#when-dingtalk-is-gone)',
  },
  dashboard: {
    standard: 'false',
    kind: YES_OR_NO,
    means: 'a [dashboard](operations.md) in CloudWatch, which costs by the month',
  },
  callbackConcurrency: {
    standard: '0',
    kind: whole(0, 1000),
    means:
      "how many runs are reserved for DingTalk's callbacks, which is their ceiling too. Not chosen, `dingdock deploy` takes 20 where the account has them to give",
  },
  requestsPerSecond: {
    standard: '100',
    kind: whole(1, 10_000),
    means: 'what API Gateway lets through; download links and task pages have 20 a second',
  },
  requestBurst: { standard: '200', kind: whole(1, 5000), means: 'how many of them at once' },
  uploadOrigins: {
    standard: '',
    kind: like(
      'origins with commas between, such as https://app.example.com',
      /^https?:\/\/[\w.-]+(:\d{1,5})?(,https?:\/\/[\w.-]+(:\d{1,5})?){0,19}$/,
    ),
    means: "origins whose pages may put files to addresses of `POST /files`; without it a browser's page may not",
  },
  fileDays: { standard: '100', kind: whole(1, 3650), means: 'days that objects stay in the bucket' },
  keepDays: {
    standard: '90',
    kind: whole(1, 3650),
    means: 'days that messages, shares, events and closed tasks are kept',
  },
  logDays: {
    standard: '90',
    kind: { says: `one of ${LOG_DAYS.join(', ')}`, takes: (value) => LOG_DAYS.map(String).includes(value) },
    means: 'days that logs are kept',
  },
  disposable: {
    standard: 'false',
    kind: YES_OR_NO,
    means: 'tables and bucket go with the stack. Otherwise they stay, and refuse to be deleted',
  },
  bucket: {
    standard: '',
    kind: like('a bucket name of 3 to 63 small letters, digits and hyphens', /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/),
    means: "the bucket's name",
    computed: '`dingdock-<stage>-uploads-<account>-<region>`',
  },
  architecture: {
    standard: 'arm64',
    kind: oneOf('arm64', 'x86_64'),
    means: '`x86_64` where a region has no arm64',
  },
  icp: {
    standard: 'false',
    kind: YES_OR_NO,
    means:
      '`true`: the account has [an ICP licence](#china) for this region. Regions that begin with `cn-` are refused without it',
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** What was chosen for a stage; what is not here has its default, also when a later version has another one. */
export type Chosen = Partial<Record<SettingName, string>>;

export function isSetting(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

/** What a setting is for a stage that chose these. */
export function settingOf(chosen: Chosen, name: SettingName): string {
  return chosen[name] ?? SETTINGS[name].standard;
}

/** A fault of a setting, a pair of settings, or a name: what is wrong, and what to do. */
export type Fault = { about: string; says: string; remedy: string };

/** Reads `name=value` words; an empty value takes a choice back. Every fault is told. */
export function readChoices(words: readonly string[]): {
  choices: Partial<Record<SettingName, string>>;
  faults: Fault[];
} {
  const choices: Partial<Record<SettingName, string>> = {};
  const faults: Fault[] = [];
  for (const word of words) {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    if (name === '')
      faults.push({ about: word, says: `"${word}" is no setting`, remedy: 'Settings are written name=value.' });
    else if (isSetting(name)) choices[name] = value.trim();
    else {
      const near = nearest(name, Object.keys(SETTINGS));
      const says = `there is no setting "${name}"`;
      const remedy =
        near === undefined ? `There are ${Object.keys(SETTINGS).join(', ')}.` : `Did you mean ${near}=${value}?`;
      faults.push({ about: name, says, remedy });
    }
  }
  return { choices, faults };
}

/** The choices of a stage with new ones over them. */
export function mergeChoices(before: Chosen, choices: Partial<Record<SettingName, string>>): Chosen {
  const kept = Object.entries({ ...before, ...choices }).filter(([name, value]) => isSetting(name) && value !== '');
  return Object.fromEntries(kept);
}

/** The longest name of a stage: its bucket's name has 63 characters, with an account and the longest region. */
const LONGEST_STAGE = 18;
const STAGE = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

/** What is wrong with the name of a stage. */
export function faultsOfStage(stage: string): Fault[] {
  const fault = (says: string, remedy: string): Fault => ({ about: 'stage', says, remedy });
  if (!STAGE.test(stage)) {
    const better = stage
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/g, '-')
      .replaceAll(/^[^a-z]+|-+$/g, '');
    const says = `"${stage}" cannot be a stage: names of buckets take small letters, digits and hyphens only`;
    return [fault(says, STAGE.test(better) ? `Did you mean ${better}?` : 'Choose a name such as prod or eu-test.')];
  }
  if (stage.length > LONGEST_STAGE)
    return [
      fault(`the stage "${stage}" has ${stage.length} characters`, `${LONGEST_STAGE} fit into the name of its bucket.`),
    ];
  return [];
}

/** What is wrong with the choices of a stage: each alone, together, and for the region. */
export function faultsOfChoices(chosen: Chosen, region: string): Fault[] {
  const faults: Fault[] = [];
  for (const [name, { kind }] of Object.entries<Setting>(SETTINGS)) {
    const value = isSetting(name) ? chosen[name] : undefined;
    if (value !== undefined && !kind.takes(value))
      faults.push({ about: name, says: `${name}=${value} is not ${kind.says}`, remedy: `Give ${kind.says}.` });
  }
  const has = (name: SettingName) => settingOf(chosen, name) !== '';
  const is = (name: SettingName, value: string) => settingOf(chosen, name) === value;
  const needs = (when: boolean, because: string, ...names: SettingName[]) => {
    const missing = names.filter((name) => when && !has(name));
    if (missing.length > 0)
      faults.push({
        about: missing.join(', '),
        says: `${because} needs ${missing.join(' and ')}`,
        remedy: `Give ${missing.map((name) => `${name}=…`).join(' ')} too.`,
      });
  };
  const only = (when: boolean, because: string, ...names: SettingName[]) => {
    for (const name of names.filter((each) => !when && (chosen[each] ?? '') !== ''))
      faults.push({
        about: name,
        says: `${name} counts with ${because} only`,
        remedy: `Give ${because} too, or take it back: ${name}=`,
      });
  };
  needs(has('domain'), 'domain', 'certificateArn');
  only(has('domain'), 'domain=…', 'certificateArn');
  needs(is('firstAddress', 'closed'), 'firstAddress=closed', 'domain');
  needs(is('authorizer', 'jwt'), 'authorizer=jwt', 'jwtIssuer', 'jwtAudience');
  only(is('authorizer', 'jwt'), 'authorizer=jwt', ...OF_TOKENS);
  only(is('authorizer', 'apiKey'), 'authorizer=apiKey', 'consoleOperators', 'consoleReaders');
  needs(is('network', 'own'), 'network=own', 'subnetIds', 'securityGroupIds');
  only(is('network', 'own'), 'network=own', 'subnetIds', 'securityGroupIds');
  only(is('network', 'nat'), 'network=nat', 'addressAllocationId');
  if (has('alarmEmail') && has('alarmTopicArn'))
    faults.push({
      about: 'alarmEmail, alarmTopicArn',
      says: 'alarms go to one place, and two are given',
      remedy: 'Take one back: alarmEmail= or alarmTopicArn=. A topic can have a mail address among its subscriptions.',
    });
  const elsewhere = regionOf(chosen.certificateArn);
  if (elsewhere !== undefined && elsewhere !== region)
    faults.push({
      about: 'certificateArn',
      says: `the certificate is of ${elsewhere}, and the stage of ${region}`,
      remedy: `Get a certificate for the name in ${region}.`,
    });
  if (region.startsWith('cn-') && !is('icp', 'true'))
    faults.push({
      about: 'icp',
      says: `in ${region} API Gateway serves no request without AWS credentials unless the account has an ICP licence for this region: no callback, no key and no link would work`,
      remedy: 'Get the licence (ICP 备案), one for each region, and give icp=true; or choose a region outside China.',
    });
  return faults;
}

function regionOf(arn: string | undefined): string | undefined {
  return arn?.split(':')[3];
}

/** The word that is meant, if one is near: a letter wrong, missing, too many or swapped, one in four at most. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const ranked = words.map((each) => [steps(word.toLowerCase(), each.toLowerCase()), each] as const);
  const [best] = ranked.toSorted(([a], [b]) => a - b);
  return best && best[0] <= Math.max(1, Math.ceil(word.length / 4)) ? best[1] : undefined;
}

/** Levenshtein's distance, a swap of neighbours being one step. */
function steps(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    rows.push(line);
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const ways = [at(row - 1, column) + 1, at(row, column - 1) + 1, at(row - 1, column - 1) + same];
      line.push(Math.min(...ways, ...(swapped ? [at(row - 2, column - 2) + 1] : [])));
    }
  }
  return at(a.length, b.length);
}

/** What stands with the stage, in its stack's output `Settings`. */
export function writeChosen(chosen: Chosen): string {
  return JSON.stringify(Object.fromEntries(Object.entries(chosen).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

/** Reads it back; what no setting of this version is called is left out. Undefined: it is not readable. */
export function readChosen(text: string): Chosen | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  return Object.fromEntries(
    Object.entries(parsed).filter(([name, value]) => isSetting(name) && typeof value === 'string'),
  );
}

/** The table of docs/deploy.md. */
export function tableOfSettings(): string {
  const rows = Object.entries<Setting>(SETTINGS).map(([name, { standard, means, computed, kind }]) => {
    const without = computed ?? (standard === '' ? 'none' : `\`${standard}\``);
    const shown = kind.says.replaceAll('|', '\\|');
    return `| \`${name}\` | ${without} | ${shown} | ${means} |`;
  });
  return ['| setting | without it | takes | what it is |', '|---|---|---|---|', ...rows].join('\n');
}
