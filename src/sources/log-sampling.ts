import type { FirstLines, Recognised, SensorSettings } from './format.ts';
import type { Fault } from './values.ts';

/** A log whose records say at which rate their packets were sampled, unscaled; `key` is where. */
export interface LoggedRate {
  readonly key: string;
  /** As the format is called. */
  readonly title: string;
}

/**
 * Returns what the first records' rates ask of weir.yaml: nothing when every packet was seen, else that it states the
 * same rate for the sensor (accounting goes by weir.yaml). A rate of 0 is one that the collector was not told.
 */
export function samplingNeeds(
  { objects, sensor }: FirstLines,
  { key, title }: LoggedRate,
): Pick<Recognised, 'needs' | 'refused'> {
  const rates = [...new Set(objects.map((object) => Number(object[key] ?? 0)))].sort((a, b) => a - b);
  const told = rates.filter((rate) => rate > 0);
  if (told.length > 1) {
    return {
      refused: `${title} with records sampled at different rates (${told.slice(0, 3).join(', ')}); keep the exporters' logs apart, a sensor each`,
    };
  }
  const rate = told[0];
  if (rate === undefined || told.length < rates.length) return { needs: ['samplingRate'] };
  if (rate === (sensor?.samplingRate ?? 1) || !sensor) return {};
  return {
    refused: `${title} says one packet in ${rate} was sampled; sensor ${sensor.name}: state \`samplingRate: ${rate}\` in weir.yaml`,
  };
}

/** Returns the fault of a later record whose rate is not the one that weir.yaml states. */
export function samplingFault({ key }: LoggedRate, text: string, sensor: SensorSettings): Fault {
  const stated = sensor.samplingRate ?? 1;
  return {
    when: `coalesce(TRY_CAST(${text} AS DOUBLE), 0) NOT IN (0, ${stated})`,
    says: `${key}: not the samplingRate of sensor ${sensor.name} in weir.yaml (${stated}); keep the exporters' logs apart, a sensor each`,
  };
}
