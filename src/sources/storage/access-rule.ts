import { sqlText } from '../../records/sql-text.ts';
import type { RecordRule } from '../record.ts';
import { count, type Fault, missing, wrong } from '../values.ts';

/** What a log says of an access: SQL over the raw relation, texts unless said otherwise. What it leaves out it has not. */
export interface AccessFields {
  /** Texts beside those below, by name. */
  readonly texts: Readonly<Record<string, string>>;
  /** SQL over the texts for microseconds since 1970. */
  readonly startedAt: string;
  readonly time: { readonly text: string; readonly column: string; readonly expected: string };
  readonly principal?: string;
  readonly jobId?: string;
  readonly hostName?: string;
  readonly path?: string;
  /** SQL over the texts: read, write or open. */
  readonly operation: string;
  readonly bytesRead?: { readonly text: string; readonly column: string };
  /** SQL over the texts: whether bytesRead is the most that can have been read; false if absent. */
  readonly isBound?: string;
  readonly bytesWritten?: { readonly text: string; readonly column: string };
  readonly counter?: string;
  /** SQL over the texts for microseconds since 1970. */
  readonly counterSince?: string;
  readonly faults?: readonly Fault[];
}

const NONE = 'NULL::VARCHAR';

/** Returns how lines become accesses. */
export function accessRule(fields: AccessFields, sensor: string): RecordRule {
  const { time, bytesRead, bytesWritten } = fields;
  return {
    family: 'access',
    texts: {
      ...fields.texts,
      t_principal: fields.principal ?? NONE,
      t_job: fields.jobId ?? NONE,
      t_host: fields.hostName ?? NONE,
      t_path: fields.path ?? NONE,
      t_read: bytesRead?.text ?? NONE,
      t_written: bytesWritten?.text ?? NONE,
      t_counter: fields.counter ?? NONE,
    },
    values: {
      v_started: fields.startedAt,
      v_since: fields.counterSince ?? 'NULL::BIGINT',
      v_read: count('t_read'),
      v_written: count('t_written'),
      v_operation: fields.operation,
    },
    columns: {
      startedAt: 'v_started',
      endedAt: 'NULL::BIGINT',
      sensor: sqlText(sensor),
      principal: `nullif(t_principal, '')`,
      jobId: `nullif(t_job, '')`,
      hostName: `nullif(t_host, '')`,
      path: `nullif(t_path, '')`,
      operation: 'v_operation',
      bytesRead: 'v_read',
      bytesReadIsBound: fields.isBound ?? 'false',
      bytesWritten: 'v_written',
      counter: `nullif(t_counter, '')`,
      counterSince: 'v_since',
    },
    faults: [
      missing(time.column, time.text),
      wrong(time.column, time.text, 'v_started', time.expected),
      ...(bytesRead ? [wrong(bytesRead.column, 't_read', 'v_read', 'a count below 2^53')] : []),
      ...(bytesWritten ? [wrong(bytesWritten.column, 't_written', 'v_written', 'a count below 2^53')] : []),
      ...(fields.faults ?? []),
    ],
  };
}
