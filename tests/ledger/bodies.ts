import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BodyInput, contentSha256Of, type DataFile, newId, sha256Of } from '../../src/ledger/entries.ts';

type BodyOf<Kind extends BodyInput['kind']> = Extract<BodyInput, { kind: Kind }>;

/** Writes a data file whose content is its own path, filled up to `bytes` if given, and returns its description. */
export async function dataFile(dir: string, part: Partial<DataFile> & { path: string }): Promise<DataFile> {
  const text = `rows of ${part.path}\n`.padEnd(part.bytes ?? 0);
  await mkdir(dirname(join(dir, part.path)), { recursive: true });
  writeFileSync(join(dir, part.path), text);
  return {
    family: 'flow',
    rows: 1,
    sha256: sha256Of(text),
    fromDay: 0,
    toDay: 0,
    ...part,
    bytes: text.length,
  };
}

/** Returns the commit of one input that holds the text `name`, entirely; it touches the given days. */
export function commitOf(name: string, days: number[] = [0], files: DataFile[] = []): BodyOf<'commit'> {
  const inputs = [
    {
      sensor: 'border',
      path: `/logs/${name}`,
      source: 'zeek.conn',
      bytesFrom: 0,
      bytesTo: name.length,
      prefixSha256: sha256Of(name),
      head: { bytes: Math.min(name.length, 4), sha256: sha256Of(name.slice(0, 4)) },
      lines: 1,
      accepted: 1,
      rejected: 0,
      comments: 0,
      bytesOut: '17',
      fromMicros: 0,
      toMicros: 1,
      verified: true,
      streams: [],
    },
  ];
  return {
    kind: 'commit',
    id: newId(),
    simulated: true,
    inputs,
    files,
    days,
    contentSha256: contentSha256Of(inputs),
  };
}

/** Returns a build of one day. */
export function buildOf(day: number, inputsSha256: string, files: DataFile[] = []): BodyOf<'build'> {
  return { kind: 'build', id: newId(), days: [{ day, inputsSha256, files, totals: { bytesOut: '17' } }] };
}
