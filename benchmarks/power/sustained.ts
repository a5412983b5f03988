/** What a patient shadow could take, by the detection limit that `weir detect` prints. */
import { type DetectionLimit, detectionLimit, type Evader } from '../../src/detection/limit.ts';
import { type DetectionState, STANDING, tableOf } from '../../src/detection/state.ts';
import type { Size } from './centre.ts';

const WINDOW_DAYS = 180;
const IDENTITIES = 300;
/** Identities whose own limit is looked at: those in order of their names, which say nothing of them. */
const LOOKED_AT = 200;

/** Bytes a day: of the centre as one stream, of the centre as a shadow's streams, and of a shadow's identities together. */
export interface SustainedLimit {
  readonly identities: number;
  readonly centre50: number;
  readonly centre90: number;
  readonly shadow50: number;
  readonly shadow90: number;
  readonly identities50: number;
  readonly identities90: number;
}

/** Returns the limits at a state's last day; Infinity where there is none. */
export function sustainedLimitOf(state: DetectionState, size: Size): SustainedLimit {
  const identities = Math.round(IDENTITIES * size.scale);
  const whole = (evader: Evader) => limits(detectionLimit(state, 'centre', 'centre', WINDOW_DAYS, evader));
  const [centre, shadow] = [whole({}), whole({ streams: identities })];
  const table = tableOf(state, 'principal');
  const regular = table.keys
    .filter((_, row) => table.columns.standing[row] === STANDING.own)
    .sort()
    .slice(0, LOOKED_AT)
    .map((key) => limits(detectionLimit(state, 'principal', key, WINDOW_DAYS)));
  const median = (pick: (one: { half: number; most: number }) => number) =>
    regular.map(pick).sort((a, b) => a - b)[Math.floor(regular.length / 2)] ?? Number.POSITIVE_INFINITY;
  return {
    identities,
    centre50: centre.half,
    centre90: centre.most,
    shadow50: shadow.half,
    shadow90: shadow.most,
    identities50: identities * median(({ half }) => half),
    identities90: identities * median(({ most }) => most),
  };
}

function limits(limit: DetectionLimit | undefined): { half: number; most: number } {
  return {
    half: limit?.bytesPerDay50 ?? Number.POSITIVE_INFINITY,
    most: limit?.bytesPerDay90 ?? Number.POSITIVE_INFINITY,
  };
}
