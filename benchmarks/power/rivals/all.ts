import { decomposition } from './decomposition.ts';
import { ewmaAs, ewmaHost, ewmaUser } from './ewma.ts';
import { perDay, perTransfer } from './fixed.ts';
import { marchetti } from './marchetti.ts';
import { populationSum } from './population-sum.ts';
import type { Rival } from './rival.ts';
import { robustZHost, robustZUser } from './robust-z.ts';
import { topTalkers } from './top-talkers.ts';

/** The rules Weir is compared with. */
export const RIVALS: readonly Rival[] = [
  perTransfer,
  perDay,
  robustZHost,
  robustZUser,
  ewmaHost,
  ewmaUser,
  ewmaAs,
  topTalkers,
  marchetti,
  decomposition,
  populationSum,
];
