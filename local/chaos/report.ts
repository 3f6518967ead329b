import type { Flood } from './flood.ts';
import type { Verdict } from './judge.ts';

/** By how much (%) the slowest destination may be behind the fastest. */
const MOST_SPREAD = 5;

export function isFair({ accepted, delivered, spread, tooFast, deadLetters }: Flood): boolean {
  return delivered === accepted && spread <= MOST_SPREAD && tooFast + deadLetters === 0;
}

/** The same line for a flood. */
export function floodLine(name: string, flood: Flood): string {
  const { accepted, delivered, seconds, spread, tooFast, deadLetters } = flood;
  const figures = `accepted ${accepted}, delivered ${delivered} in ${seconds} s, spread ${spread.toFixed(1)} %`;
  return `${isFair(flood) ? 'ok  ' : 'BAD '} ${name}: ${figures}, too fast ${tooFast}, dead letters ${deadLetters}`;
}

/** Whether nothing was lost, sent twice without saying so, told wrongly, sent too fast or given up. */
export function isGood({ lost, twice, lies, tooFast, deadLetters }: Verdict): boolean {
  return lost.length + twice.length + lies.length + tooFast + deadLetters === 0;
}

/** One line for a case, and one for each thing that went wrong. */
export function line(name: string, verdict: Verdict, struck: Record<string, number>): string {
  const { accepted, delivered, told, lost, twice, twiceFlagged, lies, refused, tooFast, deadLetters } = verdict;
  const figures = {
    accepted,
    delivered,
    told,
    refused: sum(refused),
    lost: lost.length,
    twice: twice.length,
    'twice, flagged': twiceFlagged,
    lies: lies.length,
    'too fast': tooFast,
    'dead letters': deadLetters,
    'caught up': `${verdict.caughtUpSeconds} s`,
    struck: sum(struck),
  };
  const parts = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  const reasons = Object.entries(refused).map(([reason, count]) => `${reason}: ${count}`);
  const faults = [
    ...(reasons.length > 0 ? [`  refused: ${reasons.join(', ')}`] : []),
    ...lost.map((each) => `  lost: ${each}`),
    ...twice.map((each) => `  twice: ${each}`),
    ...lies.map((each) => `  lie: ${each}`),
  ];
  return [`${isGood(verdict) ? 'ok  ' : 'BAD '} ${name}: ${parts.join(', ')}`, ...faults].join('\n');
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}
