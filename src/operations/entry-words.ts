import type { Entry } from '../ledger/entries.ts';
import { sentenceOf } from '../ledger/incident-entry.ts';
import { formatDay } from '../records/time.ts';

/** Returns what a journal entry says, in one line. */
export function entryInWords(entry: Entry): string {
  switch (entry.kind) {
    case 'commit': {
      const lines = entry.inputs.reduce((sum, input) => sum + input.accepted, 0);
      const rejected = entry.inputs.reduce((sum, input) => sum + input.rejected, 0);
      return `${count(entry.inputs.length, 'input')}, ${count(lines, 'record')}, ${rejected} rejected, ${daysInWords(entry.days)}`;
    }
    case 'build':
      return `built ${daysInWords(entry.days.map(({ day }) => day))}`;
    case 'compact':
      return `${count(entry.replaced.length, 'file')} merged into ${entry.files.length}`;
    case 'expire':
      return `${count(entry.paths.length, 'file')} let go (${entry.reason})`;
    case 'seal':
      return `sealed ${daysInWords(entry.days.map(({ day }) => day))}`;
    case 'decision':
      return `${entry.verb} by ${entry.by}: ${entry.note}`;
    case 'detection':
      return `detection through ${formatDay(entry.throughDay)}`;
    case 'incident':
      return incidentInWords(entry.payload);
    case 'audit':
      return JSON.stringify(entry.payload);
  }
}

function incidentInWords(payload: unknown): string {
  const said = sentenceOf(payload);
  if (!said) return JSON.stringify(payload);
  const { verb, by, incident, title, text, signals, releasesHold } = said;
  const signalled = signals.map(({ source, text: words }) => `${source}: ${words}`);
  const parts = [title, text, ...signalled, releasesHold ? 'lets its records go' : ''].filter(Boolean);
  return `case ${incident}: ${verb} by ${by}${parts.length > 0 ? `: ${parts.join('; ')}` : ''}`;
}

function daysInWords(days: readonly number[]): string {
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) return 'no day';
  return first === last
    ? formatDay(first)
    : `${count(days.length, 'day')} from ${formatDay(first)} to ${formatDay(last)}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
