import { z } from 'zod';
import { MICROS_PER_SECOND } from '../records/time.ts';
import type { IncidentCase } from './case.ts';
import { tlpLabel } from './tlp.ts';

/**
 * A line that Timesketch imports: `message`, `datetime` and `timestamp_desc` are what it demands, `timestamp` is in
 * microseconds, everything else becomes a field of the event (Timesketch user guide, "Create timeline from JSON/CSV").
 */
export const timesketchLine = z.looseObject({
  message: z.string().min(1),
  datetime: z.iso.datetime({ offset: true }),
  timestamp_desc: z.string().min(1),
  timestamp: z.int().optional(),
  tag: z.array(z.string()).optional(),
});

/**
 * Returns a case's timeline as JSON lines for Timesketch, and the first and last moment of each pair of a campaign
 * beside it. The file must end in `.jsonl`, or Timesketch refuses it.
 */
export function timesketchOf(told: IncidentCase): string {
  const { id, tlp } = told.incident;
  const common = {
    data_type: 'weir:incident',
    incident: id,
    facility: told.facility,
    as_of: told.asOf,
    tlp: tlpLabel(tlp),
    ...(told.simulated ? { simulated: true } : {}),
  };
  const tag = [tlpLabel(tlp), ...(told.simulated ? ['simulated'] : [])];
  const events = told.timeline.map(({ at, kind, text, by, reference, entry, command }) => ({
    message: [kind, by && `(${by})`, text && `: ${text}`].filter(Boolean).join(' ').replace(' :', ':'),
    ...stampOf(at.estimate),
    timestamp_desc: kind,
    ...common,
    tag,
    when_low: at.low,
    when_high: at.high,
    by,
    reference,
    entry,
    command,
  }));
  const pairs = told.traffic.flatMap((row) => {
    const { host, destination, path, principal, service, bytesOut, command } = row;
    const line = (instant: string, timestamp_desc: string) => ({
      message: `${host} to ${destination} over ${path}: ${timestamp_desc}`,
      ...stampOf(instant),
      timestamp_desc,
      ...common,
      tag,
      host,
      destination,
      path,
      principal,
      service,
      bytes_out: bytesOut.estimate,
      command,
    });
    return [line(row.firstSeen, 'first seen'), line(row.lastSeen, 'last seen')];
  });
  return [...events, ...pairs].map((line) => `${JSON.stringify(timesketchLine.parse(line))}\n`).join('');
}

function stampOf(instant: string): { datetime: string; timestamp: number } {
  const datetime = instant.replace(/Z$/, '+00:00');
  const fraction = /\.(\d+)Z$/.exec(instant)?.[1] ?? '';
  const seconds = Math.floor(Date.parse(instant) / 1000);
  return {
    datetime,
    timestamp: seconds * MICROS_PER_SECOND + Number(fraction.padEnd(6, '0').slice(0, 6) || 0),
  };
}
