import type { Bed } from './bed.ts';
import type { Row } from './row.ts';

/** Every bench by its name; a name's module is loaded when it is asked for. */
export const BENCHES: Record<string, () => Promise<{ run(bed: Bed, isQuick?: boolean): Promise<Row[]> }>> = {
  load: () => import('./load.ts'),
  callback: () => import('./callback.ts'),
  delivery: () => import('./delivery.ts'),
  throughput: () => import('./throughput.ts'),
  token: () => import('./token.ts'),
  limits: () => import('./limits.ts'),
  calls: () => import('./calls.ts'),
  idle: () => import('./idle.ts'),
  growth: () => import('./growth.ts'),
  files: () => import('./files.ts'),
  desk: () => import('./desk.ts'),
  page: () => import('./page.ts'),
  answers: () => import('./answers.ts'),
  states: () => import('./states.ts'),
};

/** Those that tell the most and have a short form. */
export const QUICK = ['load', 'callback', 'delivery', 'throughput', 'calls'];
