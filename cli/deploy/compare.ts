import { type Chosen, SETTINGS, type SettingName, settingOf } from '../../deploy/settings.ts';

/** A setting that will be another one. */
export type Change = {
  name: SettingName;
  from: string;
  to: string;
  /** What stops working by it; nothing does where this is not there. */
  drops?: string;
};

/** What a deployment with these choices changes of a stage that had those. */
export function changesOf(before: Chosen, after: Chosen): Change[] {
  const names = Object.keys(SETTINGS).filter((name): name is SettingName => name in SETTINGS);
  return names.flatMap((name) => {
    const [from, to] = [settingOf(before, name), settingOf(after, name)];
    if (from === to) return [];
    const drops = DROPS[name]?.(from, to, after);
    return [{ name, from, to, ...(drops !== undefined && { drops }) }];
  });
}

type Drops = (from: string, to: string, after: Chosen) => string | undefined;
const callers: Drops = () => 'whoever calls with the other proof is refused from then on';
const ofAlarms: Drops = (_from, _to, { alarmEmail, alarmTopicArn }) =>
  alarmEmail === undefined && alarmTopicArn === undefined ? 'there are no alarms any more' : undefined;
const ofTokens: Drops = (from) =>
  from === '' ? undefined : 'tokens of the other issuer or audience are refused from then on';

const DROPS: Partial<Record<SettingName, Drops>> = {
  network: (from) =>
    from === 'none'
      ? undefined
      : "functions leave the network: DingTalk's allow-lists (60020) refuse them until the new address is in the list",
  addressAllocationId: (from, _, after) =>
    settingOf(after, 'network') === 'nat' && from !== ''
      ? 'DingTalk sees another address: its allow-lists (60020) refuse it until it is in the list'
      : undefined,
  domain: (from) =>
    from === ''
      ? undefined
      : `${from} stops answering: links that were sent, and the addresses entered in DingTalk's console`,
  firstAddress: (_, to) =>
    to === 'closed'
      ? "the address that AWS gave the API stops answering: links that have it, and what is entered of it in DingTalk's console"
      : undefined,
  alarmEmail: ofAlarms,
  alarmTopicArn: ofAlarms,
  authorizer: callers,
  jwtIssuer: ofTokens,
  jwtAudience: ofTokens,
  jwtScopeClaim: () => 'tokens are read by the other claim from then on: those without it may nothing',
  jwtScopePrefix: () => 'scopes without the new prefix count no more',
  jwtDestinations: (_, to) =>
    to === 'required' ? 'tokens that name no destinations reach none from then on' : undefined,
  disposable: (_, to) => (to === 'true' ? 'tables and bucket go with the stack, and are protected no more' : undefined),
  bucket: () => 'a new, empty bucket takes the place of the other, which stays where it is; links to its files end',
};

/** A change as a line for people. */
export function wordsOf({ name, from, to, drops }: Change): string {
  const shown = (value: string) => (value === '' ? 'none' : value);
  return `${name}: ${shown(from)} → ${shown(to)}${drops === undefined ? '' : `  (${drops})`}`;
}
