import { sqlText } from '../../records/sql-text.ts';
import type { SensorSettings } from '../format.ts';
import type { RecordRule } from '../record.ts';
import { count, type Fault, missing, port, wrong } from '../values.ts';

/** A field by its name in the log, as rejects call it, and as SQL text. */
interface Named {
  readonly name: string;
  readonly text: string;
}

/** A field whose `value` is SQL for its value over `text`. */
interface Valued extends Named {
  readonly value: string;
}

/** What one line says of a session. What a log does not say stays unset. */
export interface SessionFields {
  readonly kind: 'vpn' | 'ssh' | 'portal' | 'data';
  readonly event: 'begin' | 'end' | 'snapshot';
  /** When the line was true, in microseconds. */
  readonly at: Valued & { readonly expected?: string };
  /** When the session began, in microseconds, where the line says so. */
  readonly since?: Valued;
  /** How long it lasted until then, in microseconds, where the line says so. */
  readonly lasted?: Valued;
  /** SQL for what joins the lines of a session. */
  readonly uid?: string;
  /** SQL for the identity. */
  readonly principal?: string;
  readonly outer?: Named;
  readonly outerPort?: Named;
  readonly assigned?: Named;
  readonly assigned6?: Named;
  readonly server?: string;
  /** From the client. */
  readonly bytesIn?: Named;
  /** To the client. */
  readonly bytesOut?: Named;
  readonly faults?: readonly Fault[];
}

const ADDRESSES = ['outer', 'assigned', 'assigned6'] as const;
const COUNTS = ['bytesIn', 'bytesOut'] as const;

/** Returns how the lines of a log become facts about sessions: one line, one fact; accounting joins them. */
export function sessionRule(fields: SessionFields, sensor: SensorSettings): RecordRule {
  const { at, since, lasted, event } = fields;
  const addresses = ADDRESSES.flatMap((column) => {
    const named = fields[column];
    return named ? [{ column, ...named }] : [];
  });
  const counts = COUNTS.flatMap((column) => {
    const named = fields[column];
    return named ? [{ column, ...named }] : [];
  });
  return {
    family: 'session',
    texts: {
      t_at: at.text,
      t_since: since?.text ?? 'NULL::VARCHAR',
      t_lasted: lasted?.text ?? 'NULL::VARCHAR',
      t_uid: fields.uid ?? 'NULL::VARCHAR',
      t_principal: fields.principal ?? 'NULL::VARCHAR',
      t_server: fields.server ?? 'NULL::VARCHAR',
      t_outerPort: fields.outerPort?.text ?? 'NULL::VARCHAR',
      v_at: at.value,
      v_since: since?.value ?? 'NULL::BIGINT',
      v_lasted: lasted?.value ?? 'NULL::BIGINT',
      ...Object.fromEntries([...addresses, ...counts].map(({ column, text }) => [`t_${column}`, text])),
    },
    parts: Object.fromEntries(
      addresses.flatMap(({ column }) => [
        [`${column}Plain`, `weir_plain(t_${column})`],
        [`${column}Parts`, `weir_parts(weir_plain(t_${column}))`],
      ]),
    ),
    values: {
      v_outerPort: port('t_outerPort'),
      ...Object.fromEntries(
        addresses.flatMap(({ column }) => [
          [`${column}AsLo`, `weir_lo(${column}Plain, ${column}Parts)`],
          [`${column}AsHi`, `weir_hi(${column}Plain)`],
        ]),
      ),
      ...Object.fromEntries(counts.map(({ column }) => [`v_${column}`, count(`t_${column}`)])),
    },
    columns: {
      startedAt: startOf(fields),
      endedAt: event === 'end' ? 'v_at' : 'NULL::BIGINT',
      observedAt: 'v_at',
      sensor: sqlText(sensor.name),
      uid: `nullif(t_uid, '')`,
      kind: sqlText(fields.kind),
      event: sqlText(event),
      principal: `nullif(t_principal, '')`,
      ...halves('outer', fields),
      outerPort: 'v_outerPort',
      ...halves('assigned', fields),
      ...halves('assigned6', fields),
      server: `nullif(t_server, '')`,
      bytesIn: fields.bytesIn ? 'v_bytesIn' : 'NULL::UBIGINT',
      bytesOut: fields.bytesOut ? 'v_bytesOut' : 'NULL::UBIGINT',
    },
    faults: [
      missing(at.name, 't_at'),
      wrong(at.name, 't_at', 'v_at', at.expected ?? 'a time between 1990 and 2100'),
      ...(since ? [wrong(since.name, 't_since', 'v_since', 'a time between 1990 and 2100')] : []),
      ...(since ? [late(since.name)] : []),
      ...(lasted ? [wrong(lasted.name, 't_lasted', 'v_lasted', 'a length below two years')] : []),
      ...addresses.map(({ column, name }) => wrong(name, `t_${column}`, `${column}AsLo`, 'an IP address')),
      ...(fields.outerPort ? [wrong(fields.outerPort.name, 't_outerPort', 'v_outerPort', 'a port')] : []),
      ...counts.map(({ column, name }) => wrong(name, `t_${column}`, `v_${column}`, 'a count below 2^53')),
      ...(fields.faults ?? []),
    ],
  };
}

/** A session of two years is a broken clock, and would have every day between looked at. */
const TWO_YEARS_MICROS = 63_158_400_000_000;

function late(name: string): Fault {
  return {
    when: `v_since > v_at OR v_at - v_since > ${TWO_YEARS_MICROS}`,
    says: `${name}: not within the two years before the line's time`,
  };
}

function startOf({ since, lasted }: SessionFields): string {
  if (since) return 'coalesce(v_since, v_at)';
  return lasted ? 'v_at - coalesce(v_lasted, 0)' : 'v_at';
}

/** An address that is not set has neither half. */
function halves(column: (typeof ADDRESSES)[number], fields: SessionFields): Record<string, string> {
  if (!fields[column]) return { [`${column}Hi`]: 'NULL::UBIGINT', [`${column}Lo`]: 'NULL::UBIGINT' };
  return {
    [`${column}Hi`]: `CASE WHEN ${column}AsLo IS NOT NULL THEN ${column}AsHi END`,
    [`${column}Lo`]: `${column}AsLo`,
  };
}

/** Returns SQL for a begin that may be a moment later than the time of the line which tells of it. */
export function earlier(since: string, at: string): string {
  return `CASE WHEN ${since} > ${at} THEN ${at} ELSE ${since} END`;
}
