import type { Sensor } from '../facility/facility.ts';
import { sqlText } from '../records/sql-text.ts';
import type { SensorSettings } from './format.ts';

/** Returns what weir.yaml says of a sensor, and nothing where it does not know it (files that no sensor claims). */
export function settingsOf(sensors: readonly Sensor[], name: string): SensorSettings {
  const sensor = sensors.find((each) => each.name === name);
  return {
    name,
    format: sensor?.format,
    fields: sensor?.fields,
    ownEndpoints: sensor?.ownEndpoints,
    keys: sensor?.keys,
    host: sensor?.host,
    timezone: sensor?.timezone,
    year: sensor?.year === 'mtime' ? undefined : sensor?.year,
    yearOfFile: sensor?.year === 'mtime',
    samplingRate: sensor?.samplingStated ? sensor.samplingRate : undefined,
    samplingScaled: sensor?.samplingScaled ?? false,
  };
}

/** Returns SQL for the host that wrote a sensor's logs; NULL where weir.yaml does not say it. */
export function ownHost({ host }: Pick<SensorSettings, 'host'>): string {
  return host === undefined ? 'NULL::VARCHAR' : sqlText(host);
}
