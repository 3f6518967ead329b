import type { Verdict } from './judge.ts';

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
