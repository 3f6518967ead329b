import { type Chosen, type Fault, settingOf } from '../../deploy/settings.ts';
import type { Concurrency } from './look/account.ts';
import type { Addresses, Network } from './look/network.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * What stands in the way of a deployment. `stop`: it would fail or strand; `ask`: it may go on if somebody agrees;
 * `note`: worth knowing.
 */
export type Finding = { weight: 'stop' | 'ask' | 'note'; code: string; says: string; remedy: string };

/** Judges what was found around a stage, before anything is changed. It asks nobody anything. */
export function judge(around: Surroundings, chosen: Chosen): Finding[] {
  return [
    ...ofStack(around),
    ...ofSecrets(around),
    ...ofLeftOvers(around, chosen),
    ...ofBucket(around),
    ...ofConcurrency(around, chosen),
    ...ofDomain(around, chosen),
    ...ofNetwork(around, chosen),
    ...ofIssuer(around, chosen),
    ...ofRights(around),
    ...ofAlarms(around, chosen),
  ];
}

/** A fault of the words that were given, as a finding. */
export function refused({ says, remedy }: Fault): Finding {
  return { weight: 'stop', code: 'bad_setting', says, remedy };
}

const stop = (code: string, says: string, remedy: string): Finding => ({ weight: 'stop', code, says, remedy });

/** States in which a stack takes no update. */
function ofStack({ stack, stackName, region, flags }: Surroundings): Finding[] {
  const status = stack?.status ?? '';
  const about = `the stack ${stackName} is ${status}`;
  const cli = (words: string) => `aws cloudformation ${words} --stack-name ${stackName} --region ${region}`;
  if (/^(ROLLBACK_|CREATE_FAILED|DELETE_FAILED|REVIEW_)/.test(status) && !status.endsWith('IN_PROGRESS'))
    return [
      stop(
        'stack_broken',
        `${about}: CloudFormation updates no such stack`,
        `Take it away, what is kept stays: dingdock remove ${flags}; then deploy again.`,
      ),
    ];
  if (status === 'REVIEW_IN_PROGRESS')
    return [
      stop(
        'stack_broken',
        `${about}: a change set was made for it and never run`,
        `Take it away: dingdock remove ${flags}; then deploy again.`,
      ),
    ];
  if (status === 'UPDATE_ROLLBACK_FAILED')
    return [
      stop(
        'stack_broken',
        `${about}: CloudFormation could not undo a failed deployment`,
        `See why in its events, then: ${cli('continue-update-rollback')}; then deploy again.`,
      ),
    ];
  if (status.endsWith('_IN_PROGRESS'))
    return [
      stop(
        'stack_busy',
        `${about}: something else changes it`,
        `Wait until it is done, and deploy again. Its events: ${cli('describe-stack-events')}`,
      ),
    ];
  return [];
}

function ofSecrets({ secrets, region, flags }: Surroundings): Finding[] {
  return secrets.flatMap(({ name, state }): Finding[] => {
    if (state === undefined || state === 'there') return [];
    if (state === 'absent')
      return [stop('no_secret', `there is no secret ${name} in ${region}`, `Write it first: dingdock init ${flags}`)];
    return [
      {
        weight: 'ask',
        code: 'secret_deleted',
        says: `the secret ${name} is scheduled for deletion since ${state.deletedAt}; it can be brought back as it was`,
        remedy: `aws secretsmanager restore-secret --secret-id ${name} --region ${region}`,
      },
    ];
  });
}

/** What has a name that the deployment needs, and belongs to no stack of the stage. */
function ofLeftOvers({ leftOvers, region }: Surroundings, chosen: Chosen): Finding[] {
  const findings = leftOvers
    .filter(({ unfit }) => unfit !== undefined)
    .map(({ type, name, unfit }) =>
      stop(
        'left_over_unfit',
        `there is a ${type} ${name} of another make (${unfit}), and the deployment needs its name`,
        `Keep what is in it elsewhere, and delete it: ${deletionOf(type, name, region)}`,
      ),
    );
  const data = leftOvers.filter(({ type, unfit }) => unfit === undefined && (type === 'table' || type === 'bucket'));
  const others = leftOvers.filter(({ type }) => type !== 'table' && type !== 'bucket');
  const deletions = (of: typeof leftOvers) => of.map(({ type, name }) => deletionOf(type, name, region)).join(' && ');
  const names = (of: typeof leftOvers) => of.map(({ type, name }) => `${type} ${name}`).join(', ');
  if (data.length > 0 && settingOf(chosen, 'disposable') === 'true')
    findings.push(
      stop(
        'left_over',
        `an earlier stage left ${names(data)}; a disposable stage cannot take them over`,
        `Keep them: disposable=. Or delete them: ${deletions(data)}`,
      ),
    );
  else if (data.length > 0)
    findings.push({
      weight: 'ask',
      code: 'left_over',
      says: `an earlier stage left ${names(data)}; the deployment takes over what is in them`,
      remedy: `To begin empty, delete them first: ${deletions(data)}`,
    });
  if (others.length > 0)
    findings.push(
      stop(
        'left_over',
        `an earlier stage left ${names(others)}, and the deployment needs the name`,
        `Delete first: ${deletions(others)}`,
      ),
    );
  return findings;
}

/** The commands that remove a left-over. */
export function deletionOf(type: string, name: string, region: string): string {
  const at = `--region ${region}`;
  const commands: Record<string, string> = {
    table: `aws dynamodb update-table ${at} --table-name ${name} --no-deletion-protection-enabled && aws dynamodb delete-table ${at} --table-name ${name}`,
    bucket: `aws s3 rb s3://${name} --force ${at}`,
    queue: `aws sqs delete-queue ${at} --queue-url $(aws sqs get-queue-url ${at} --queue-name ${name} --output text)`,
    bus: `aws events delete-event-bus ${at} --name ${name}`,
    'log group': `aws logs delete-log-group ${at} --log-group-name ${name}`,
  };
  return commands[type] ?? name;
}

function ofBucket({ bucketName, bucket }: Surroundings): Finding[] {
  if (typeof bucket !== 'object') return [];
  const says = `the bucket name ${bucketName} is taken, ${bucket.takenBy}`;
  return [stop('bucket_taken', says, "Names of buckets are the world's. Choose one: bucket=<name>")];
}

/** AWS keeps so many runs unreserved; an account that has fewer in all keeps them all. */
const UNRESERVED = 100;

/** How many runs can be reserved for callbacks in this account, what the stage holds already being free for it. */
export function roomForCallbacks({ limit, unreserved, held }: Concurrency): number {
  return Math.max(0, unreserved + held - Math.min(UNRESERVED, limit));
}

function ofConcurrency({ concurrency, region }: Surroundings, chosen: Chosen): Finding[] {
  if (concurrency === undefined) return [];
  const wanted = Number(settingOf(chosen, 'callbackConcurrency'));
  const room = roomForCallbacks(concurrency);
  if (wanted > room) {
    const says = `callbackConcurrency=${wanted}: the account may run ${concurrency.limit} functions at a time in ${region}, and can reserve ${room} of them`;
    const ask = 'Ask AWS for more (Service Quotas, Lambda, Concurrent executions)';
    return [stop('concurrency', says, `Deploy with callbackConcurrency=${room}. ${ask}.`)];
  }
  if (concurrency.limit >= UNRESERVED) return [];
  const says = `the account may run ${concurrency.limit} functions at a time in ${region}, all its functions together`;
  return [
    {
      weight: 'note',
      code: 'small_account',
      says,
      remedy:
        'That is enough to begin. Ask AWS for more before you rely on it: Service Quotas, Lambda, Concurrent executions.',
    },
  ];
}

function ofDomain({ certificate, domainTaken }: Surroundings, chosen: Chosen): Finding[] {
  const { domain } = chosen;
  if (domain === undefined) return [];
  const taken = domainTaken
    ? [
        stop(
          'domain_taken',
          `API Gateway has ${domain} already, for something else in this account and region`,
          'Take it away there, or choose another name.',
        ),
      ]
    : [];
  if (certificate === undefined) return taken;
  if (certificate === 'absent')
    return [
      ...taken,
      stop(
        'certificate',
        'there is no certificate of that ARN in this account and region',
        'See: aws acm list-certificates',
      ),
    ];
  const { status, names, validation } = certificate;
  const covers = names.some(
    (name) => name === domain || (name.startsWith('*.') && domain.slice(domain.indexOf('.')) === name.slice(1)),
  );
  const records = validation.map(({ name, value }) => `${name} CNAME ${value}`).join('; ');
  return [
    ...taken,
    ...(covers
      ? []
      : [
          stop(
            'certificate',
            `the certificate is for ${names.join(', ')}, not for ${domain}`,
            `Get one for ${domain}, or choose one of its names.`,
          ),
        ]),
    ...(status === 'ISSUED'
      ? []
      : [
          stop(
            'certificate',
            `the certificate is ${status}, and has to be ISSUED`,
            status === 'PENDING_VALIDATION' && records !== ''
              ? `Put into the DNS: ${records}. When ACM says ISSUED, deploy again.`
              : 'Get another one in AWS Certificate Manager.',
          ),
        ]),
  ];
}

function ofNetwork(around: Surroundings, chosen: Chosen): Finding[] {
  const network = settingOf(chosen, 'network');
  if (network === 'nat' && around.addresses !== undefined) return ofAddress(around, around.addresses, chosen);
  if (network === 'own' && around.network !== undefined) return ofOwnNetwork(around.network);
  return [];
}

function ofAddress({ stack }: Surroundings, { count, given, kept }: Addresses, chosen: Chosen): Finding[] {
  const id = chosen.addressAllocationId;
  if (id !== undefined) {
    if (given === 'absent')
      return [
        stop('address', `there is no Elastic IP ${id} in this account and region`, 'See: aws ec2 describe-addresses'),
      ];
    // a stage that runs with it uses it itself
    if (given?.usedBy === undefined || stack?.outputs.EgressAllocation === id) return [];
    return [stop('address', `${given.ip} (${id}) is in use by ${given.usedBy}`, 'Free it there, or choose another.')];
  }
  if (stack?.resources.some((each) => each.id === 'Address')) return [];
  if (kept !== undefined)
    return [
      stop(
        'address_kept',
        `an earlier stage left its address ${kept.ip}, which may stand in DingTalk's allow-lists`,
        `Go on with it: addressAllocationId=${kept.id}. Or give it up: aws ec2 release-address --allocation-id ${kept.id}`,
      ),
    ];
  if (count.used < count.most) return [];
  const ways =
    'Release one, ask AWS for more (Service Quotas, EC2), or give one that you have: addressAllocationId=eipalloc-…';
  return [stop('address', `all ${count.most} Elastic IPs of this region are in use`, ways)];
}

function ofOwnNetwork({ missing, vpcs }: Network): Finding[] {
  if (missing.length > 0) {
    const says = `not in this account and region: ${missing.join(', ')}`;
    return [stop('network', says, 'See: aws ec2 describe-subnets, aws ec2 describe-security-groups')];
  }
  if (vpcs.length < 2) return [];
  const says = `subnets and security groups are of different networks: ${vpcs.join(', ')}`;
  return [stop('network', says, 'Give those of one network.')];
}

function ofIssuer({ issuer }: Surroundings, chosen: Chosen): Finding[] {
  if (issuer === undefined || issuer === 'answers') return [];
  const says = `${settingOf(chosen, 'jwtIssuer')} gives no OpenID configuration from here (${issuer}); API Gateway asks for it, and refuses the deployment without`;
  return [stop('issuer', says, 'It must answer at /.well-known/openid-configuration, from anywhere, within 1.5 s.')];
}

function ofAlarms({ flags }: Surroundings, chosen: Chosen): Finding[] {
  const { alarmEmail, alarmTopicArn } = chosen;
  if (alarmEmail !== undefined || alarmTopicArn !== undefined || settingOf(chosen, 'disposable') === 'true') return [];
  const remedy = `Give an address: dingdock deploy ${flags} alarmEmail=…`;
  return [{ weight: 'note', code: 'no_alarms', says: 'nobody is told when something is wrong', remedy }];
}

function ofRights({ denied = [], arn, unseen }: Surroundings): Finding[] {
  const findings: Finding[] = [];
  if (denied.length > 0)
    findings.push({
      // IAM's simulator does not know all that decides in an organisation
      weight: 'ask',
      code: 'rights',
      says: `IAM says that ${arn} may not: ${denied.join(', ')}`,
      remedy: 'Give the role or user the policy deploy/deployer-policy.json (docs/deploy.md, 1).',
    });
  if (unseen.length > 0)
    findings.push({
      weight: 'note',
      code: 'unseen',
      says: `could not be looked at beforehand: ${unseen.join(', ')}`,
      remedy: 'The deployment finds out.',
    });
  return findings;
}
