import { basename } from 'node:path';
import { parseClaim, type Statement } from '../../claims/claim.ts';
import { bytesInWords } from '../../incidents/words.ts';
import type { IncidentPayload } from '../../ledger/incident-entry.ts';
import { MICROS_PER_DAY } from '../../records/time.ts';
import { claimText } from '../claim-text.ts';

/** What a case takes from a claim file: each statement as a signal from outside, with the day it was made. */
export interface ClaimSignals {
  readonly name: string;
  readonly signals: IncidentPayload['signals'];
  /** The first UTC day the statements speak of; Infinity when they name none. */
  readonly fromDay: number;
}

/** Reads a claim file. @throws ConfigurationError when it cannot be read or is none. */
export async function readClaim(file: string): Promise<ClaimSignals> {
  const claim = parseClaim(await claimText(file), file);
  return {
    name: `${claim.title} (${basename(file)})`.slice(0, 500),
    signals: claim.statements.map((statement) => ({
      when: {
        fromMicros: statement.source.saidOnDay * MICROS_PER_DAY,
        toMicros: (statement.source.saidOnDay + 1) * MICROS_PER_DAY,
      },
      source: statement.source.who.slice(0, 500),
      text: wordsOf(statement),
    })),
    fromDay: Math.min(
      ...claim.statements.map(({ window }) => window?.from?.earliest ?? Number.POSITIVE_INFINITY),
    ),
  };
}

/** What a statement says, without its address: a case leads nobody to a seller. */
function wordsOf({ id, volume, channel, note }: Statement): string {
  const most = volume?.most;
  const claimed =
    volume &&
    (most === null || most === undefined
      ? `more than ${bytesInWords(String(volume.least))}`
      : most === volume.least
        ? bytesInWords(String(most))
        : `${bytesInWords(String(volume.least))} to ${bytesInWords(String(most))}`);
  const ways = { remote: 'remotely', onSite: 'on site', unknown: '', named: '' };
  const way = channel && (channel.kind === 'named' ? `by ${channel.name}` : ways[channel.kind]);
  return [`statement ${id}`, claimed && `claims ${claimed}`, way, note]
    .filter(Boolean)
    .join('; ')
    .slice(0, 4000);
}
