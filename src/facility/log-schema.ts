import { z } from 'zod';
import { globMatcher } from './globs.ts';

const name = z.string().trim().min(1, 'must not be empty: give it a name');

const timezone = z.string().refine(isTimezone, {
  error: (issue) => `"${issue.input}" is no time zone: write UTC, a name such as Asia/Shanghai, or +08:00`,
});

const glob = name.refine(isGlob, {
  error: (issue) => `"${issue.input}" is no glob: a set such as [0-9] must run forwards`,
});
const globs = z.union([glob, z.array(glob).min(1)]);
const constant = z.strictObject({ value: z.string().describe('The same value for every row.') });
const column = z.union([name, constant]);
const accessKeysSchema = z.strictObject({
  time: name.describe('Time: seconds or milliseconds since 1970, or ISO-8601.'),
  principal: name.optional().describe('Who did it.'),
  job: name.optional().describe('Job that did it.'),
  host: name.optional().describe('Host it was done from.'),
  path: name.optional().describe('File or folder.'),
  operation: name
    .optional()
    .describe('`read`, `write` or `open`, in any case; each line is a read, if absent.'),
  bytesRead: name.optional().describe('Bytes read; of an `open` the most that can have been read.'),
  bytesWritten: name.optional().describe('Bytes written.'),
});

/** What writes logs, and what its logs leave unsaid. */
export const sensorSchema = z.strictObject({
  name: name.describe('Name of the sensor.'),
  files: globs
    .default('**')
    .describe('Globs of its files below the imported folder; `**` takes what no other sensor claims.'),
  timezone: timezone.optional().describe('Zone of its times, needed where the log states none.'),
  year: z
    .union(
      [
        z.int('must be a whole number').min(1990, 'must be from 1990 on').max(2099, 'must be before 2100'),
        z.literal('mtime'),
      ],
      { error: 'must be a year from 1990 to 2099, or mtime' },
    )
    .optional()
    .describe(
      'Year of the first line of each of its files, needed where the log states none (syslog); or `mtime`: the latest that is not after the last change of the file.',
    ),
  format: name
    .optional()
    .describe('Format of its logs, where their content does not tell; docs/sources/ lists the names.'),
  fields: z
    .array(name)
    .min(1)
    .optional()
    .describe('Its columns in order, where its logs have no header line (Slurm `sacct --noheader`).'),
  keys: accessKeysSchema
    .optional()
    .describe('Which keys of its JSON lines are what, for the format `access-json`.'),
  ownEndpoints: z
    .array(name)
    .min(1)
    .optional()
    .describe(
      "Names or identifiers of the centre's own ends in logs that tell both ends of a transfer (Globus).",
    ),
  host: name
    .optional()
    .describe('Host that wrote its logs, where they do not name it (rsync daemon, vsftpd, nginx, XRootD).'),
  samplingRate: z
    .int('must be a whole number')
    .min(1, 'must be at least 1 (1 means every packet)')
    .optional()
    .describe(
      'One packet in how many it sees; 1, and 1 if absent, is every packet. Logs that say they are sampled need it. Totals carry the sampling error.',
    ),
  samplingScaled: z
    .boolean()
    .default(false)
    .describe('Whether its exporter has already multiplied its counts by the rate.'),
  snapshotIntervalSeconds: z
    .number()
    .positive('must be above 0')
    .default(300)
    .describe(
      'Time between snapshots of open connections; after three without one, a connection is unknown.',
    ),
  watches: z.array(name).default([]).describe('Further paths or zones it sees.'),
});

/** How rows of ready-made cells or series are read. */
export const mappingSchema = z.strictObject({
  name: name.describe('Name of the mapping; its rows carry it as their sensor.'),
  files: globs.describe('Globs of the files below the imported folder.'),
  format: z
    .enum(['csv', 'ndjson', 'parquet'])
    .optional()
    .describe('Format; by default what the first glob ends in, else csv. `.gz` and `.zst` are unpacked.'),
  time: name.describe('Column of the time: epoch seconds or milliseconds, ISO-8601, or a date.'),
  timezone: timezone.default('UTC').describe('Zone of times that state none.'),
  per: z.enum(['hour', 'day']).default('hour').describe('What one row stands for.'),
  bytesOut: name.describe('Column of the bytes that left.'),
  host: column.optional().describe('Column of the inside host: an address or any name.'),
  destination: column
    .optional()
    .describe('Column of the destination: address, network, AS64500 or any name.'),
  path: column.optional().describe('Column of the path.'),
  principal: column.optional().describe('Column of the principal.'),
  service: column.optional().describe('Column of the service.'),
  initiator: column.optional().describe('Column of who opened the connections: `inside` or `outside`.'),
  bytesIn: name.optional().describe('Column of the bytes that came in.'),
  flows: name.optional().describe('Column of the number of connections.'),
  arrival: name
    .optional()
    .describe('Column of the time at which the row became known; else the end of its day.'),
});

function isGlob(text: string): boolean {
  try {
    return globMatcher(text) !== undefined;
  } catch {
    return false;
  }
}

/** Returns whether a text names an IANA time zone or a fixed offset from UTC. */
function isTimezone(zone: string): boolean {
  if (/^[+-](0\d|1[0-4]):[0-5]\d$/.test(zone)) return true;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
}
