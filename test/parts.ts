/** A part of `npm run test:all`: what takes too long, or needs tools that few have, for `npm test`. */
export type Part = {
  what: string;
  /** Test files, by the beginnings of their paths. */
  tests: string[];
  env?: Record<string, string>;
  /** Where a change asks for this part. */
  folders: string[];
  /** About how long it takes on two cores. */
  minutes: number;
  /** A script that runs the tests with something beside them. */
  beside?: string;
  /** Judges that are no package of npm: a command that succeeds where each is installed. */
  needs?: Record<string, string[]>;
};

const NIGHTS = ['test/records/nights.test.ts', 'test/records/nights-incidents.test.ts'];

export const PARTS: Record<string, Part> = {
  access: {
    what: 'what keys reach, 5,000 requests and 500 callbacks of all kinds, and what each act costs',
    tests: [
      'test/access/',
      'test/contract/bodies.test.ts',
      'test/e2e/access.test.ts',
      'test/e2e/access-fuzz.test.ts',
      'test/e2e/calls.test.ts',
      'test/e2e/openapi.test.ts',
    ],
    env: { FUZZ: '5000' },
    folders: [
      'contract/',
      'docs/calls.md',
      'functions/',
      'lib/base/',
      'lib/lambda/',
      'test/access/',
      'test/e2e/access.test.ts',
      'test/e2e/access-fuzz.test.ts',
      'test/e2e/calls.test.ts',
      'test/e2e/openapi.test.ts',
    ],
    minutes: 5,
  },
  floods: {
    what: 'the floods of `npm test` at full size',
    tests: [
      'test/e2e/delivery.test.ts',
      'test/e2e/files-once.test.ts',
      'test/functions/callback-flood.test.ts',
      'test/token/',
    ],
    env: { FLOOD: '10000' },
    folders: [
      'functions/receive-callback/',
      'lib/aws/',
      'lib/dingtalk/token/',
      'lib/events/',
      'lib/files/share/',
      'lib/lambda/',
      'lib/messages/',
      'test/e2e/delivery.test.ts',
      'test/e2e/files-once.test.ts',
      'test/functions/callback-flood.test.ts',
    ],
    minutes: 6,
  },
  records: {
    what: 'a message to 12,000 people with its worker killed, lists and views of 100,000, a lane of 10,000, and many of the largest of each kind',
    tests: ['test/all/records/', 'test/all/largest/', 'test/all/browser/console-reads.test.ts', 'test/records/'],
    env: { STORED: '100000', WAITING: '10000', LARGEST: '15' },
    folders: [
      'contract/requests/',
      'lib/aws/tables/',
      'lib/console/app/',
      'lib/messages/',
      'test/all/records/',
      'test/all/browser/console-reads.test.ts',
      'test/records/',
    ],
    minutes: 35,
  },
  largest: {
    what: 'the largest that is accepted of each kind of record, through all its states',
    tests: ['test/all/largest/'],
    folders: ['contract/', 'lib/aws/tables/', 'lib/messages/', 'lib/records/', 'test/all/largest/'],
    minutes: 4,
  },
  browser: {
    what: 'the pages and the console in a real browser',
    tests: ['test/all/browser/'],
    folders: [
      'contract/reference/',
      'functions/open-link/',
      'functions/sign-in/',
      'lib/approvals/page/',
      'lib/base/visitor/',
      'lib/console/',
      'lib/incidents/page/',
      'lib/sign-in/page/',
      'lib/tasks/page/',
      'simulator/page/',
      'test/all/browser/',
    ],
    minutes: 5,
  },
  sources: {
    what: 'real Alertmanager, killed as our workers are, Apprise and clients of a robot, a fortnight with quiet hours, and 200 alerts at once',
    tests: ['test/all/sources/', 'test/functions/source-flood.test.ts', 'test/lib/sources/', ...NIGHTS],
    env: { ALERTS: '200', PLANS: '10000' },
    folders: [
      'lib/base/people/',
      'lib/messages/',
      'lib/sources/',
      'lib/incidents/',
      'test/all/sources/',
      'test/functions/source-flood.test.ts',
      ...NIGHTS,
    ],
    minutes: 20,
  },
  chaos: {
    what: '90 s without EventBridge, DynamoDB or downloads, workers that die or have a wrong clock, and all at random',
    tests: ['test/all/chaos/'],
    folders: ['lib/lambda/', 'local/chaos/', 'local/parts/', 'test/all/chaos/'],
    minutes: 30,
  },
  laptop: {
    what: '`npm start` that is ended half-way, and whose parts are killed one after the other',
    tests: ['test/all/laptop/', 'test/local/start.test.ts'],
    folders: ['local/', 'simulator/main.ts', 'stage/', 'test/all/laptop/', 'test/support/npm-start.ts'],
    minutes: 1,
  },
  approvals: {
    what: '1,000 questions with shuffled, doubled, late and foreign answers, and workers that die',
    tests: ['test/functions/approvals-many.test.ts'],
    env: { APPROVALS: '1000' },
    folders: ['lib/approvals/', 'lib/aws/tables/records/', 'lib/records/', 'test/functions/approvals-many.test.ts'],
    minutes: 8,
  },
  dynamodb: {
    what: "records on AWS's own DynamoDB Local, as npm's amplify-dynamodb-simulator has it",
    tests: [
      'test/records/',
      'test/all/largest/',
      'test/lib/aws/tables.test.ts',
      'test/functions/deliver-merge.test.ts',
      'test/functions/fallback.test.ts',
      'test/functions/task-crash.test.ts',
      'test/functions/tick.test.ts',
    ],
    folders: ['lib/aws/tables/', 'test/records/', 'test/support/tables.ts', 'test/support/dynamodb-local.ts'],
    minutes: 5,
    beside: 'test/support/dynamodb-local.ts',
    needs: { Java: ['java', '-version'] },
  },
  cloud: {
    what: 'the deployment, on AWS on this machine',
    tests: ['test/cloud/'],
    folders: [
      'bench/idle.ts',
      'cli/agree.ts',
      'cli/commands/',
      'cli/deploy/',
      'cli/restore/',
      'cli/stage/',
      'deploy/',
      'functions/answer-step/',
      'lib/aws/step-tasks.ts',
      'docs/deploy.md',
      'docs/operations.md',
      'serverless.yml',
      'test/cloud/',
    ],
    minutes: 12,
    needs: {
      "Python 3 with moto 5 (pip install 'moto[server]>=5')": ['python3', '-c', 'import moto.server, moto.dynamodb'],
      'the AWS CLI (pip install awscli)': ['aws', '--version'],
      'cfn-lint (pip install cfn-lint)': ['cfn-lint', '--version'],
    },
  },
  texts: {
    what: 'what texts become in DingTalk, by 10,000 texts a property, whom each kind of destination reaches, and a kind that is new',
    tests: ['test/all/kind/', 'test/e2e/reach.test.ts', 'test/lib/messages/cost.test.ts', 'test/lib/messages/text/'],
    env: { REACH: 'all', TEXTS: '10000' },
    folders: [
      'contract/answers/destinations.ts',
      'contract/requests/destinations.ts',
      'lib/base/text/',
      'lib/messages/',
      'test/all/kind/',
      'test/e2e/reach.test.ts',
      'test/lib/messages/text/',
    ],
    minutes: 2,
  },
  looks: {
    what: 'every kind of message as both clients show it, in each language and theme, with axe',
    tests: ['test/all/browser/looks.test.ts'],
    env: { LOOKS: 'all' },
    folders: ['simulator/page/', 'local/pictures/sample-messages.ts', 'test/all/browser/looks.test.ts'],
    minutes: 1,
  },
  languages: {
    what: 'the examples of the API and of the simulator in other languages, run as they stand in their documents',
    tests: ['test/all/languages/'],
    folders: ['simulator/', 'contract/reference/', 'docs/api.md', 'docs/simulator.md', 'test/all/languages/'],
    minutes: 3,
  },
  packages: {
    what: 'the client and the command line as packages in an empty folder, on each Node, and what a first try weighs',
    tests: ['test/all/packages/'],
    folders: [
      'cli/',
      'client/',
      'contract/',
      'local/install.mjs',
      'local/packages/',
      'package-lock.json',
      'package.json',
      'test/all/packages/',
    ],
    minutes: 3,
  },
  simulator: {
    what: 'every refusal of the simulator switched off, its package on each Node, and other projects’ clients against it',
    tests: ['test/all/simulator/'],
    folders: ['simulator/', 'docs/simulator.md', 'local/packages/', 'test/all/simulator/', 'test/simulator/'],
    minutes: 8,
  },
};

/** The parts that a change of these files asks for. */
export function partsOf(changed: readonly string[]): string[] {
  return Object.entries(PARTS)
    .filter(([, { folders }]) => changed.some((file) => folders.some((folder) => file.startsWith(folder))))
    .map(([name]) => name);
}

/** As many of these parts, in this order, as fit into that time; and those that do not. */
export function within(names: readonly string[], minutes: number): { run: string[]; left: string[] } {
  const [run, left]: [string[], string[]] = [[], []];
  let used = 0;
  for (const name of names) {
    const needs = PARTS[name]?.minutes ?? 0;
    const fits = used + needs <= minutes;
    if (fits) used += needs;
    (fits ? run : left).push(name);
  }
  return { run, left };
}
