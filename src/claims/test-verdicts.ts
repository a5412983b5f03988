import { boundsOf } from './bounds.ts';
import type { Claim, Statement } from './claim.ts';
import { combinationsOf } from './combinations.ts';
import { evidenceOf, type World } from './test-world.ts';
import type { Verdict } from './verdict.ts';
import { verdictOn } from './verdicts.ts';

/** Days of the planted theft; the logs know two months before them. */
export const [FROM, TO] = [1060, 1090];
export const HOURS = 24;

/** Returns a statement about the planted window, with what it says beside that. */
export function statement(given: Partial<Statement>): Statement {
  return {
    id: 'said',
    source: { who: 'somebody', saidOnDay: TO + 5, url: undefined },
    asOfDay: TO + 5,
    volume: undefined,
    window: {
      from: { earliest: FROM, latest: FROM },
      to: { earliest: TO - 1, latest: TO - 1 },
      lastedDays: undefined,
    },
    channel: undefined,
    note: undefined,
    ...given,
  };
}

export const exactly = (bytes: bigint) => ({ least: bytes, most: bytes });

/** Returns the verdict on each reading of some statements about a world. */
export function verdictsOn(
  world: World,
  statements: readonly Statement[],
  complete = true,
  packedAtMost = 1,
): Verdict[] {
  const claim: Claim = { title: 'Planted', note: undefined, packedAtMost, statements };
  return combinationsOf(claim).all.map((combination) =>
    verdictOn({
      combination,
      bounds: boundsOf(evidenceOf(world, combination.window), combination.window, complete),
      packedAtMost,
      complete,
      reads: undefined,
    }),
  );
}
