import { ConfigurationError } from '../../errors.ts';
import type { CaseBrief } from '../../incidents/case.ts';
import { briefOf, type Course, coursesOf, type Sentence } from '../../incidents/course.ts';
import { holdsIn } from '../../ledger/holds.ts';
import { sentenceOf } from '../../ledger/incident-entry.ts';
import type { Snapshot } from '../../ledger/snapshot.ts';

/** Returns every case that the journal tells of as of a snapshot, in the order they were opened. */
export function casesIn(snapshot: Snapshot): Course[] {
  const sentences = snapshot.entriesOf('incident').flatMap((entry): Sentence[] => {
    const said = sentenceOf(entry.payload);
    return said ? [{ entry: entry.seq, writtenMicros: Date.parse(entry.at) * 1000, said }] : [];
  });
  return coursesOf(sentences);
}

/** Returns a case as lists show it, with the records it holds as of a snapshot. */
export function briefIn(snapshot: Snapshot, course: Course): CaseBrief {
  return briefOf(
    course,
    holdsIn(snapshot).find(({ incident }) => incident === course.id),
  );
}

/**
 * Returns the case with an id, or with the only id that begins so.
 * @throws ConfigurationError when there is none, or more than one.
 */
export function caseOf(snapshot: Snapshot, id: string): Course {
  const cases = casesIn(snapshot);
  const exact = cases.find((course) => course.id === id);
  if (exact) return exact;
  const [found, second] = id === '' ? [] : cases.filter((course) => course.id.startsWith(id));
  if (!found) {
    throw new ConfigurationError(
      `there is no case ${id || '(an empty id)'} as of entry ${snapshot.position}: weir incident list names them`,
    );
  }
  if (second)
    throw new ConfigurationError(`${id} begins several cases (${found.id}, ${second.id}): give more of it`);
  return found;
}
