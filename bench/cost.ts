import { readFileSync } from 'node:fs';

/** What one piece of work took, as AWS counts it. */
export type Use = {
  httpRequests: number;
  invocations: number;
  gbSeconds: number;
  readUnits: number;
  writeUnits: number;
  sqsStandard: number;
  sqsFifo: number;
  s3Puts: number;
  s3Gets: number;
  busEvents: number;
  logBytes: number;
  /** Out of AWS's network: to DingTalk, and answers to callers. */
  egressBytes: number;
};

/** prices.json: US dollars by the piece that its name says. */
export type Prices = {
  httpApiPerMillion: number;
  lambdaRequestsPerMillion: number;
  lambdaArm64PerGBSecond: number;
  dynamodbReadUnitsPerMillion: number;
  dynamodbWriteUnitsPerMillion: number;
  sqsStandardPerMillion: number;
  sqsFifoPerMillion: number;
  s3PutPerThousand: number;
  s3GetPerThousand: number;
  eventBridgePerMillion: number;
  logsPerGB: number;
  egressPerGB: number;
  secretPerMonth: number;
  customMetricPerMonth: number;
  alarmMetricPerMonth: number;
  dashboardPerMonth: number;
  natGatewayPerHour: number;
  publicIpv4PerHour: number;
};

export function pricesOf(): Prices {
  return JSON.parse(readFileSync(new URL('prices.json', import.meta.url), 'utf8'));
}

const MILLION = 1_000_000;

/** What a million times this use costs, in US dollars, part by part. */
export function costPerMillion(use: Use, prices: Prices) {
  return {
    httpApi: use.httpRequests * prices.httpApiPerMillion,
    lambda: use.invocations * prices.lambdaRequestsPerMillion + use.gbSeconds * prices.lambdaArm64PerGBSecond * MILLION,
    dynamodb: use.readUnits * prices.dynamodbReadUnitsPerMillion + use.writeUnits * prices.dynamodbWriteUnitsPerMillion,
    sqs: use.sqsStandard * prices.sqsStandardPerMillion + use.sqsFifo * prices.sqsFifoPerMillion,
    s3: (use.s3Puts * prices.s3PutPerThousand + use.s3Gets * prices.s3GetPerThousand) * 1000,
    bus: use.busEvents * prices.eventBridgePerMillion,
    logs: (use.logBytes / 1e9) * prices.logsPerGB * MILLION,
    egress: (use.egressBytes / 1e9) * prices.egressPerGB * MILLION,
  };
}

export function total(parts: Record<string, number>): number {
  return Object.values(parts).reduce((sum, part) => sum + part, 0);
}
