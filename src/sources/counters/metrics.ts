import { sqlText } from '../../records/sql-text.ts';

/** A metric that counts an interface's octets: which way, and the width after which it wraps. */
interface Metric {
  readonly way: 'out' | 'in';
  readonly bits: 32 | 64;
}

/** Names of such metrics: those of IF-MIB as exporters write them, and those of node_exporter. */
export const METRICS: Readonly<Record<string, Metric>> = {
  ifHCOutOctets: { way: 'out', bits: 64 },
  ifHCInOctets: { way: 'in', bits: 64 },
  ifOutOctets: { way: 'out', bits: 32 },
  ifInOctets: { way: 'in', bits: 32 },
  node_network_transmit_bytes_total: { way: 'out', bits: 64 },
  node_network_receive_bytes_total: { way: 'in', bits: 64 },
};

/** SQL that holds for names of metrics that count octets of an interface. */
export function isMetric(name: string): string {
  return `${name} IN (${Object.keys(METRICS).map(sqlText).join(', ')})`;
}

/** Returns SQL for a value where the metric counts that way. */
export function countOf(way: 'out' | 'in', name: string, value: string): string {
  const names = Object.keys(METRICS).filter((each) => METRICS[each]?.way === way);
  return `CASE WHEN ${name} IN (${names.map(sqlText).join(', ')}) THEN ${value} END`;
}

/** Returns SQL for the width of a metric's counters. */
export function bitsOf(name: string): string {
  const narrow = Object.keys(METRICS).filter((each) => METRICS[each]?.bits === 32);
  return `CASE WHEN ${name} IN (${narrow.map(sqlText).join(', ')}) THEN '32' ELSE '64' END`;
}

/** Returns SQL for a device's name without the port that its exporter listens at. */
export function deviceOf(instance: string): string {
  return `nullif(regexp_replace(${instance}, '^(.*[^:]):\\d+$', '\\1'), '')`;
}
