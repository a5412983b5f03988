import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatHost } from '../../src/records/address.ts';
import { formatMicros } from '../../src/records/time.ts';
import { testLedger } from '../support/ledgers.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures', 'transfers');
/** Returns a log that a real server wrote. */
export const fixture = (name: string) => readFileSync(join(FIXTURES, name));

/** Returns what an import made of one file: transfers in few words, in their order, and what became no record. */
export async function imported(name: string, content: string | Uint8Array, settings = '') {
  const ledger = testLedger(`
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
sensors: [{ name: dtn, files: "**"${settings === '' ? '' : `, ${settings}`} }]
`);
  const { answer } = await ledger.importFiles({ [name]: content });
  const rows = await ledger.facts('transfer');
  const words = rows.map((row) => ({
    at: `${formatMicros(Number(row.startedAt))} ${formatMicros(Number(row.endedAt))}`,
    who: row.principal,
    server: row.serverLo === null ? row.serverName : formatHost(BigInt(String(row.serverLo))),
    peer: row.peerLo === null ? row.peerName : formatHost(BigInt(String(row.peerLo))),
    path: row.path,
    moved: `${row.direction} ${row.bytes}`,
    by: row.protocol,
  }));
  return {
    transfers: words,
    rejects: answer.rejects.map(({ line, column, reason }) =>
      [line, column, reason].filter((part) => part !== null).join(' '),
    ),
    leftAlone: answer.leftAlone.map(({ what, lines }) => `${what} ${lines}`),
    failed: answer.commits.flatMap(({ status, reason }) => (status === 'failed' ? [reason] : [])),
  };
}

/** Returns a text without its times. */
export const plain = (text: string) => text.replaceAll(/\d{2}:\d{2}:\d{2}(?:\.\d+)?/g, '…');
