import { CliError, EXIT } from './exit.ts';
import type { Io } from './terminal.ts';

/** Asks for a yes, of the person at the terminal or of `--yes`. @throws CliError without one: nothing was changed */
export async function agree(io: Io, yes: boolean, question: string): Promise<void> {
  if (yes) return;
  const answer = await io.ask(`${question} (yes/no) `);
  if (/^y(es)?$/i.test(answer?.trim() ?? '')) return;
  const remedy = 'Answer yes at a terminal, or agree beforehand: the same command with --yes.';
  throw new CliError(EXIT.refused, 'not_agreed', `${question}\n  nobody agreed; nothing was changed`, remedy);
}
