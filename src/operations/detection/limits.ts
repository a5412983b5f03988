import type { Family } from '../../detection/input.ts';
import { detectionLimit } from '../../detection/limit.ts';
import type { DetectionState } from '../../detection/state.ts';
import type { Facility } from '../../facility/facility.ts';
import type { DetectAnswer } from '../answers/detect.ts';
import { bytesText } from './answer.ts';

const WINDOWS_DAYS = [30, 180] as const;

/**
 * Returns what could be lost each day from the whole centre and from each path without a lead, at today's baselines
 * and thresholds. An analytic approximation (docs/method.md); entities without a baseline have none.
 */
export function limitsOf(state: DetectionState, { paths }: Facility): NonNullable<DetectAnswer['limits']> {
  const entities: [Family, string][] = [
    ['centre', 'centre'],
    ...paths.map(({ name }): [Family, string] => ['path', name]),
  ];
  return entities.flatMap(([family, entity]) =>
    WINDOWS_DAYS.flatMap((windowDays) => {
      const limit = detectionLimit(state, family, entity, windowDays);
      if (!limit) return [];
      const { bytesPerDay50, bytesPerDay90, statistic, bet } = limit;
      return {
        family,
        entity,
        windowDays,
        bytesPerDayMissedHalfTheTime: finiteBytes(bytesPerDay50),
        bytesPerDayMissedOneInTen: finiteBytes(bytesPerDay90),
        channel: statistic && bet ? `${family}/${statistic}/${bet}` : null,
      };
    }),
  );
}

function finiteBytes(bytes: number): string | null {
  return Number.isFinite(bytes) ? bytesText(bytes) : null;
}
