import type { Settings } from 'dingtalk-simulator';
import type { LocalProblem, Ports } from '../stage/local-ports.ts';
import type { AwsCall } from './aws/aws-calls.ts';
import type { BusEvent } from './aws/secrets-and-bus.ts';

export type StackOptions = {
  /** 0 is any free port. */
  ports: Ports;
  /** Where bundles, bus.ndjson and functions.log go. */
  stateDir: string;
  /** The folder of serverless.yml. */
  root?: string;
  /** The text of DINGTALK_APPS: then the functions talk to the real DingTalk, and no simulator is started. */
  apps?: string | undefined;
  /** A DynamoDB that is already running. */
  dynamodbUrl?: string | undefined;
  /** Wins over what serverless.yml gives the functions. */
  environment?: Record<string, string>;
  /** What the simulated app has otherwise than stage/local-secret.ts says. */
  app?: object;
  /** What the simulator starts with instead of DingTalk's figures. */
  simulator?: Partial<Settings>;
  /** Whether schedules fire by themselves, at the minutes of the clock. Absent: yes. */
  schedules?: boolean;
  /** Where functions and event sources find a part, when they reach it by another address than its own. */
  through?: { aws: string; dynamodb: string; simulator: string };
  /** A module that the functions' process loads before anything else. */
  preload?: string;
  /** Neither an invocation nor the start is given up for its time: for tests, on machines that are busy with others. */
  patient?: boolean;
  /** The folder of the functions' bundles, which are there already. Absent: they are made. */
  bundles?: string | undefined;
  /** Bundle again when a source file changes. */
  watch?: boolean;
  /** One line of progress. */
  onProgress?: (line: string) => void;
  /** One line that serverless or a function wrote. */
  onFunctionLine?: (line: string) => void;
  onBusEvent?: (event: BusEvent) => void;
  /** What a function asked of AWS. Not with an outside DynamoDB. */
  onAwsCall?: (call: AwsCall) => void;
  /**
   * Parts run in processes of their own, keep in the state folder what they have, and come back when they are killed.
   * Absent: all is in memory.
   */
  keep?: boolean;
  /** Forgets first what was kept. */
  fresh?: boolean;
  /** A part ended by itself, and is started again. */
  onRevival?: (problem: LocalProblem) => void;
  /** The running stack has lost a part. */
  onFailure?: (problem: LocalProblem) => void;
  /** Pages of these origins may call all parts, beside the parts' own. */
  allowOrigins?: readonly string[];
  /** Stops a start half-way. */
  signal?: AbortSignal;
};
