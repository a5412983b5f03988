import { sqlText } from '../../records/sql-text.ts';
import type { RecordRule } from '../record.ts';
import { type Fault, missing, wrong } from '../values.ts';

/** A field by its name in the log and as SQL text. */
interface Named {
  readonly name: string;
  readonly text: string;
}

/** What a line says of an interface's counters. */
export interface CounterFields {
  readonly time: Named & { readonly value: (text: string) => string };
  readonly device: Named;
  readonly interface: Named;
  readonly outOctets: Named;
  readonly inOctets: Named;
  /** SQL for the width of the counters: 32, 64 or NULL. */
  readonly bits: string;
  readonly faults?: readonly Fault[];
}

/** Returns how the lines of a log become readings of counters. */
export function counterRule(fields: CounterFields, sensor: string): RecordRule {
  const { time, device, outOctets, inOctets } = fields;
  return {
    family: 'counter',
    texts: {
      t_time: time.text,
      t_device: device.text,
      t_interface: fields.interface.text,
      t_out: outOctets.text,
      t_in: inOctets.text,
      t_bits: fields.bits,
    },
    values: {
      v_time: time.value('t_time'),
      v_out: octets('t_out'),
      v_in: octets('t_in'),
    },
    columns: {
      startedAt: 'v_time',
      sensor: sqlText(sensor),
      device: 't_device',
      interface: 't_interface',
      intervalMicros: 'NULL::BIGINT',
      outOctets: 'v_out',
      inOctets: 'v_in',
      counterBits: 't_bits::UBIGINT',
    },
    faults: [
      missing(time.name, 't_time'),
      wrong(time.name, 't_time', 'v_time', 'a time between 1990 and 2100'),
      missing(device.name, 't_device'),
      missing(fields.interface.name, 't_interface'),
      wrong(outOctets.name, 't_out', 'v_out', 'a count of octets'),
      wrong(inOctets.name, 't_in', 'v_in', 'a count of octets'),
      { when: 't_out IS NULL AND t_in IS NULL', says: `${outOctets.name}: missing` },
      ...(fields.faults ?? []),
    ],
  };
}

/**
 * SQL for octets: whole, or in the notation of floating point as Prometheus writes them, which is exact up to 2^53. Counters go
 * up to 2^64.
 */
function octets(text: string): string {
  return `CASE WHEN regexp_full_match(${text}, '\\d+(\\.\\d+)?([eE]\\+?\\d+)?') THEN TRY_CAST(${text} AS UBIGINT) END`;
}
