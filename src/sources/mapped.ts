import type { MappedValue, Mapping } from '../facility/facility.ts';
import { sqlText } from '../records/sql-text.ts';
import type { Reading } from './format.ts';
import type { MappedLayout } from './layout.ts';
import type { RecordRule } from './record.ts';
import { type Field, jsonRelation, parquetRelation, separatedRelation, shownLine } from './relation.ts';
import { count, instantIn, missing, wrong, zoneText } from './values.ts';

/** Returns how the rows of a mapping's files are read. */
export function mappedReading(layout: MappedLayout, mapping: Mapping): Reading {
  const shared = {
    source: `mapping.${mapping.name}`,
    streams: { '': { rule: (field: Field) => mappedRule(mapping, field) } },
  };
  switch (layout.encoding) {
    case 'csv':
      return {
        ...shared,
        relation: (path, rejects) => separatedRelation(path, layout, rejects),
        shown: shownLine(layout),
      };
    case 'ndjson':
      return {
        ...shared,
        relation: (path, rejects) => jsonRelation(path, mappedFields(mapping), rejects),
        shown: 'left(line, 1000)',
        notValid: 'not a JSON object',
      };
    case 'parquet':
      return {
        ...shared,
        relation: (path) => parquetRelation(path, layout.fields),
        shown: 'NULL::VARCHAR',
        refuses: false,
      };
  }
}

/** Returns the columns a mapping reads. */
function mappedFields(mapping: Mapping): string[] {
  const values = [
    mapping.host,
    mapping.destination,
    mapping.path,
    mapping.principal,
    mapping.service,
    mapping.initiator,
  ];
  const named = values.flatMap((value) => ('column' in value ? [value.column] : []));
  const optional = [mapping.bytesIn, mapping.flows, mapping.arrival].flatMap((name) => name ?? []);
  return [...new Set([mapping.time, mapping.bytesOut, ...named, ...optional])];
}

/**
 * Returns how rows of ready-made cells or series become records. Hosts and destinations may be addresses,
 * networks or any names. A row stands for the hour (UTC) or the day (of the mapping's zone) that holds its time.
 */
function mappedRule(mapping: Mapping, field: Field): RecordRule {
  const text = (value: MappedValue) => ('column' in value ? field(value.column) : sqlText(value.value));
  const optionalCount = (name: string | undefined) => (name === undefined ? 'NULL::VARCHAR' : field(name));
  return {
    family: 'given',
    texts: {
      t_time: field(mapping.time),
      t_host: text(mapping.host),
      t_destination: text(mapping.destination),
      t_path: text(mapping.path),
      t_principal: text(mapping.principal),
      t_service: text(mapping.service),
      t_initiator: text(mapping.initiator),
      t_out: field(mapping.bytesOut),
      t_in: optionalCount(mapping.bytesIn),
      t_flows: optionalCount(mapping.flows),
      t_arrival: optionalCount(mapping.arrival),
    },
    parts: {
      hostPlain: 'weir_plain(t_host)',
      hostParts: 'weir_parts(weir_plain(t_host))',
      destinationPlain: `weir_plain(split_part(t_destination, '/', 1))`,
      destinationParts: `weir_parts(weir_plain(split_part(t_destination, '/', 1)))`,
    },
    values: {
      rowAt: instantIn('t_time', mapping.timezone),
      hostHi: 'weir_hi(hostPlain)',
      hostLo: 'weir_lo(hostPlain, hostParts)',
      destinationHi: 'weir_hi(destinationPlain)',
      destinationLo: 'weir_lo(destinationPlain, destinationParts)',
      bytesOut: count('t_out'),
      bytesIn: count('t_in'),
      flows: count('t_flows'),
      arrivedAt: instantIn('t_arrival', mapping.timezone),
    },
    columns: {
      startedAt: beginOf(mapping),
      hours: mapping.per === 'day' ? '24' : '1',
      sensor: sqlText(mapping.name),
      path: `coalesce(t_path, 'unknown')`,
      hostKey: 'CASE WHEN hostLo IS NULL THEN 0 WHEN hostHi = 0 THEN hostLo ELSE hostHi END::UBIGINT',
      hostName: `CASE WHEN hostLo IS NULL THEN coalesce(t_host, 'unknown') END`,
      networkKey:
        'CASE WHEN destinationLo IS NULL THEN 0 WHEN destinationHi = 0 THEN (destinationLo >> 8) << 8 ELSE (destinationHi >> 16) << 16 END::UBIGINT',
      networkName: `CASE WHEN destinationLo IS NULL THEN coalesce(t_destination, 'unknown') END`,
      service: `coalesce(t_service, 'unknown')`,
      initiator: `CASE WHEN t_initiator IN ('inside', 'outside') THEN t_initiator ELSE 'unknown' END`,
      principal: `coalesce(t_principal, 'unknown')`,
      bytesOut: 'bytesOut',
      bytesIn: 'coalesce(bytesIn, 0)',
      flows: 'coalesce(flows, 0)',
      arrivedAt: 'arrivedAt',
    },
    faults: [
      missing(mapping.time, 't_time'),
      wrong(mapping.time, 't_time', 'rowAt', 'a time between 1990 and 2100'),
      missing(mapping.bytesOut, 't_out'),
      wrong(mapping.bytesOut, 't_out', 'bytesOut', 'a count below 2^53'),
      wrong(mapping.bytesIn ?? 'bytesIn', 't_in', 'bytesIn', 'a count below 2^53'),
      wrong(mapping.flows ?? 'flows', 't_flows', 'flows', 'a count below 2^53'),
      wrong(mapping.arrival ?? 'arrival', 't_arrival', 'arrivedAt', 'a time between 1990 and 2100'),
    ],
  };
}

/** SQL for the begin of the hour or day that holds `rowAt`, on a whole hour. */
function beginOf({ per, timezone }: Mapping): string {
  if (per === 'hour') return 'rowAt - rowAt % 3600000000';
  if (timezone === 'UTC') return 'rowAt - rowAt % 86400000000';
  const zone = zoneText(timezone);
  const local = `timezone(${zone}, timezone('UTC', make_timestamp(rowAt)))`;
  const midnight = `epoch_us(timezone(${zone}, date_trunc('day', ${local})))`;
  return `${midnight} - ${midnight} % 3600000000`;
}
