import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { boundsOf } from '../claims/bounds.ts';
import { type Claim, parseClaim, type VolumeRange } from '../claims/claim.ts';
import { type Combination, type Combinations, combinationsOf } from '../claims/combinations.ts';
import { contradictionsIn } from '../claims/contradictions.ts';
import { type Picture, pictureOf } from '../claims/picture.ts';
import { pictureSvg } from '../claims/picture-svg.ts';
import type { Verdict } from '../claims/verdict.ts';
import { verdictOn } from '../claims/verdicts.ts';
import { lookedUpDays, windowKey } from '../claims/window.ts';
import { ConfigurationError } from '../errors.ts';
import type { AssessAnswer } from './answers/assess.ts';
import {
  boundsAnswer,
  type NamedBounds,
  pathsAnswer,
  pictureAnswer,
  statementAnswer,
  verdictAnswer,
} from './assess-answer.ts';
import { channelsIn, type Evidence, evidenceFrom, evidenceWithout } from './assess-evidence.ts';
import { claimText } from './claim-text.ts';
import { type Question, withReading } from './reading.ts';

/** What is to be assessed: a file that holds a claim. */
export interface AssessQuestion extends Question {
  readonly claimFile: string;
}

/**
 * Returns what can be said of a claim: what it needs, what each way out carried and can have carried, what its
 * statements contradict each other in, and a verdict on every reading of them. Without a ledger the capacities of
 * weir.yaml are all it goes by.
 * @throws ConfigurationError when the claim file cannot be read or is wrong.
 */
export async function assess(question: AssessQuestion): Promise<AssessAnswer> {
  const claim = parseClaim(await claimText(question.claimFile), basename(question.claimFile));
  if (!existsSync(join(question.ledgerDir, 'ledger.json')))
    return assessed(claim, evidenceWithout(question.facility));
  return withReading(question, async (reading) => assessed(claim, await evidenceFrom(reading)));
}

async function assessed(claim: Claim, evidence: Evidence): Promise<AssessAnswer> {
  const combinations = combinationsOf(claim);
  const named = await boundsByWindow(combinations.all, evidence);
  const { facility } = evidence;
  const verdicts = combinations.all.flatMap((combination) => {
    const found = named.get(windowKey(combination.window));
    if (!found) return [];
    const verdict = verdictOn({
      combination,
      bounds: found.bounds,
      packedAtMost: claim.packedAtMost,
      complete: facility.channelsComplete,
      reads: found.reads,
    });
    return [{ verdict, id: found.id }];
  });
  const main = verdicts[0];
  return {
    asOf: evidence.asOf,
    claim: { title: claim.title, note: claim.note ?? null, packedAtMost: claim.packedAtMost },
    headline: headlineOf(
      verdicts.map(({ verdict }) => verdict),
      combinations,
    ),
    statements: claim.statements.map(statementAnswer),
    contradictions: contradictionsIn(claim).map((each) => ({ ...each, between: [...each.between] })),
    paths: pathsAnswer(facility),
    channelsComplete: facility.channelsComplete,
    bounds: [...named.values()].map(boundsAnswer),
    verdicts: verdicts.map(({ verdict, id }) => verdictAnswer(verdict, id)),
    leftOut: { impossible: [...combinations.impossible], readings: combinations.leftOut },
    picture: main ? pictureAnswer(mainPicture(claim, facility.name, main.verdict, named)) : null,
  };
}

async function boundsByWindow(
  combinations: readonly Combination[],
  evidence: Evidence,
): Promise<Map<string, NamedBounds>> {
  const found = new Map<string, NamedBounds>();
  for (const { window } of combinations) {
    const key = windowKey(window);
    if (found.has(key)) continue;
    const looked = lookedUpDays(window);
    found.set(key, {
      id: `w${found.size + 1}`,
      bounds: boundsOf(await channelsIn(evidence, window), window, evidence.facility.channelsComplete),
      reads: looked === null ? undefined : await evidence.readsIn(looked),
    });
  }
  return found;
}

/** The first reading's verdict, and whether the others come to the same. */
function headlineOf(verdicts: readonly Verdict[], { impossible }: Combinations): string {
  const [main] = verdicts;
  if (!main)
    return `No reading of the statements leaves any time: ${impossible.map(({ volume, window }) => `${volume} was claimed before ${window} begins`).join('; ')}.`;
  const counts = new Map<string, number>();
  for (const { kind } of verdicts) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  if (counts.size === 1) return main.headline;
  const others = [...counts]
    .map(([kind, count]) => `${count} × ${KIND_WORDS[kind as Verdict['kind']]}`)
    .join(', ');
  return `${main.headline} The statements allow ${verdicts.length} readings, which differ: ${others}.`;
}

/** Verdicts in a few words, for counting them. */
const KIND_WORDS: Record<Verdict['kind'], string> = {
  notPossible: 'not possible',
  beyondListed: 'more than its ways can have carried',
  onlyPacked: 'possible only if packed',
  onlyThrough: 'possible only through what was not watched',
  moreThanWatched: 'more than the watched paths carried',
  supported: 'supported',
  partlySupported: 'partly supported',
  nothingUnusual: 'nothing unusual seen',
  noHistory: 'no history to compare with',
  fitsCapacity: 'within capacity, days unknown',
  notAssessable: 'not assessable',
};

/** The picture of the first reading's window, with every volume that was claimed. */
function mainPicture(
  claim: Claim,
  facilityName: string,
  { combination }: Verdict,
  named: ReadonlyMap<string, NamedBounds>,
): Picture | undefined {
  const found = named.get(windowKey(combination.window));
  const volumes = claim.statements.flatMap(({ id, volume }): { id: string; volume: VolumeRange }[] =>
    volume ? [{ id, volume }] : [],
  );
  return found && pictureOf(`${facilityName}: ${claim.title}`, found.bounds, volumes, claim.packedAtMost);
}

/** Returns an assessment's picture as one SVG file. @throws ConfigurationError when there is nothing to draw. */
export function assessmentSvg({ picture }: AssessAnswer): string {
  if (!picture)
    throw new ConfigurationError('there is nothing to draw: no reading of the statements leaves any time');
  return pictureSvg(picture);
}
