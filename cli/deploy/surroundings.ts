import { namedResources } from '../../deploy/named.ts';
import { type Chosen, settingOf } from '../../deploy/settings.ts';
import { secretsOf } from '../stage/stage-secret.ts';
import type { StageAws } from './aws.ts';
import {
  type Concurrency,
  lookAtConcurrency,
  lookForDenied,
  lookForSecret,
  type SecretState,
  whoAmI,
} from './look/account.ts';
import { type Certificate, lookAtCertificate, lookAtIssuer, lookForDomain } from './look/domain.ts';
import { type BucketState, type LeftOver, lookAtBucket, lookForNames } from './look/names.ts';
import { type Addresses, lookAtAddresses, lookAtNetwork, type Network } from './look/network.ts';
import { rightsFor } from './rights.ts';
import { holds, type StageStack, stackNameOf } from './stack.ts';

/** What an account and region hold around a stage, as far as a deployment meets it. What is undefined is not known. */
export type Surroundings = {
  stackName: string;
  region: string;
  /** How a command names this stage: `--stage prod --region eu-central-1`. */
  flags: string;
  account: string;
  /** Who deploys. */
  arn: string;
  stack: StageStack | undefined;
  /** The secrets of the stage. */
  secrets: { name: string; state: SecretState | undefined }[];
  leftOvers: LeftOver[];
  bucketName: string;
  bucket: BucketState | undefined;
  concurrency: Concurrency | undefined;
  certificate: Certificate | undefined;
  domainTaken: boolean | undefined;
  addresses: Addresses | undefined;
  network: Network | undefined;
  issuer: string | undefined;
  /** Actions that IAM's simulator denies. */
  denied: string[] | undefined;
  /** What these credentials may not look at. */
  unseen: string[];
};

type Place = { stage: string; region: string; stack: StageStack | undefined };

/** Looks, and changes nothing. What may not be looked at is named in `unseen`. */
export async function lookAround(aws: StageAws, place: Place, chosen: Chosen): Promise<Surroundings> {
  const { stage, region, stack } = place;
  const unseen: string[] = [];
  const look = async <T>(what: string, asked: Promise<T>): Promise<T | undefined> => {
    try {
      return await asked;
    } catch (error) {
      if (!(error instanceof Error) || !/AccessDenied|UnauthorizedOperation|NotAuthorized/.test(error.name))
        throw error;
      unseen.push(what);
      return undefined;
    }
  };
  const { account, arn } = await whoAmI(aws);
  const partition = arn.split(':')[1] ?? 'aws';
  const bucketName = chosen.bucket ?? `dingdock-${stage}-uploads-${account}-${region}`;
  const wanted = namedResources(stage).filter(({ name }) => !holds(stack, name));
  const rights = rightsFor(stage, chosen, { partition, region, account });
  const [secrets, names, bucket, concurrency, denied, chosenParts] = await Promise.all([
    Promise.all(
      Object.values(secretsOf({ stage, region })).map(async ({ name }) => ({
        name,
        state: await look(`the secret ${name}`, lookForSecret(aws, name)),
      })),
    ),
    look('tables, queues and log groups that are there', lookForNames(aws, wanted)),
    look('the bucket', holds(stack, bucketName) ? free() : lookAtBucket(aws, bucketName, account)),
    look('how many functions may run', lookAtConcurrency(aws, `dingdock-${stage}-receive-callback`)),
    look('rights (iam:SimulatePrincipalPolicy)', lookForDenied(aws, arn, rights)),
    lookAtChosen(aws, place, chosen, look),
  ]);
  return {
    stackName: stackNameOf(stage),
    region,
    flags: `--stage ${stage} --region ${region}`,
    account,
    arn,
    stack,
    secrets,
    leftOvers: [...(names ?? []), ...(bucket === 'ours' ? [{ type: 'bucket' as const, name: bucketName }] : [])],
    bucketName,
    bucket,
    concurrency,
    denied,
    unseen,
    ...chosenParts,
  };
}

type Look = <T>(what: string, asked: Promise<T>) => Promise<T | undefined>;

/** What only some choices need. */
async function lookAtChosen(aws: StageAws, { stage, stack }: Place, chosen: Chosen, look: Look) {
  const { certificateArn, domain, jwtIssuer, addressAllocationId } = chosen;
  const network = settingOf(chosen, 'network');
  const [certificate, domainTaken, addresses, own, issuer] = await Promise.all([
    certificateArn && look('the certificate', lookAtCertificate(aws, certificateArn)),
    domain && !holds(stack, domain) ? look('the domain', lookForDomain(aws, domain)) : undefined,
    network === 'nat' ? look('Elastic IPs', lookAtAddresses(aws, stage, addressAllocationId)) : undefined,
    network === 'own'
      ? look('the network', lookAtNetwork(aws, listOf(chosen.subnetIds), listOf(chosen.securityGroupIds)))
      : undefined,
    jwtIssuer && lookAtIssuer(jwtIssuer),
  ]);
  return { certificate: certificate || undefined, domainTaken, addresses, network: own, issuer: issuer || undefined };
}

async function free(): Promise<BucketState> {
  return 'free';
}

function listOf(value = ''): string[] {
  return value.split(',').filter(Boolean);
}
