import type { LogFormat } from '../format.ts';
import { lineByLine } from '../line-rewrite.ts';
import { splitRelation } from '../split-relation.ts';
import { instant, missing } from '../values.ts';
import { leaseRule } from './lease-rule.ts';

const FIELDS = ['kind', 'address', 'state', 'starts', 'ends', 'mac', 'host', 'closed'];
const KIND = 'isc-lease';
/** A longer block is none. */
const MOST_LINES = 200;

/** The lease file of ISC's DHCP server: a block of lines each time a lease changes. */
export const iscLeases: LogFormat = {
  name: 'isc-dhcp',
  title: 'ISC dhcpd.leases',
  recognise: ({ lines }) =>
    lines.some((line) => line.startsWith(`${KIND}\t`))
      ? { layout: { source: 'isc-dhcp', encoding: 'text', fields: FIELDS } }
      : undefined,
  reading: () => ({
    source: 'isc-dhcp',
    relation: (path, rejects) => splitRelation(path, FIELDS, '\t', rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a block of a lease',
    streamOf: (field) =>
      `CASE WHEN ${field('kind')} <> '${KIND}' THEN NULL WHEN coalesce(${field('state')}, 'active') = 'active' THEN 'lease'
        WHEN regexp_full_match(${field('state')}, '[a-z]{1,20}') THEN ${field('state')} ELSE 'other' END`,
    streams: {
      lease: {
        rule: (field, { name }) =>
          leaseRule(
            {
              address: { name: 'lease', text: field('address') },
              start: { name: 'starts', text: field('starts'), value: instant },
              end: { name: 'ends', text: field('ends'), value: instant },
              mac: { name: 'hardware', text: field('mac') },
              hostName: field('host'),
              faults: [missing('}', field('closed'))],
            },
            name,
          ),
      },
    },
  }),
  // Before the first lease there may be comments, identifiers of the server and the states of its peers.
  rewrites: (head) =>
    head.includes('lease ') && /(?:^|\n)(?:\xef\xbb\xbf)*lease \S+ \{\s*\n/.test(head.toString('latin1'))
      ? lineByLine(createBlocks)
      : undefined,
};

/** Puts a block onto its last line. Times are UTC (`4 2026/03/05 10:00:00`) or seconds since 1970 (`epoch`). */
function createBlocks() {
  let block: string[] | undefined;
  const finish = (closed: string) => {
    const lines = block ?? [];
    block = undefined;
    return lines.length === 0 ? '' : joined(lines, closed);
  };
  return {
    line(text: string): string {
      const bare = text.trim();
      if (/^lease\s/.test(bare)) {
        const before = block === undefined ? '' : `${finish('')}\n`;
        block = [bare];
        return before === '' ? '' : before.replace(/\n$/, '');
      }
      if (block === undefined) return bare === '' || bare.startsWith('#') ? text : `# ${text}`;
      if (bare === '}') return finish('yes');
      block.push(bare);
      return block.length > MOST_LINES ? finish('') : '';
    },
    rest: () => finish(''),
  };
}

function joined(lines: readonly string[], closed: string): string {
  const said = (pattern: RegExp) => {
    const found = lines.flatMap((line) => pattern.exec(line)?.[1] ?? []).at(-1);
    return (found ?? '').replaceAll('\t', ' ');
  };
  const time = (key: string) => {
    const text = said(new RegExp(`^${key}\\s+(.*?);`));
    if (text === 'never' || text === '') return '';
    const epoch = /^epoch (\d+)$/.exec(text)?.[1];
    const utc = /^\d (\d{4})\/(\d{2})\/(\d{2}) (\d{2}:\d{2}:\d{2})$/.exec(text);
    return epoch ?? (utc ? `${utc[1]}-${utc[2]}-${utc[3]}T${utc[4]}Z` : text);
  };
  return [
    KIND,
    said(/^lease\s+(\S*)\s*\{?/),
    said(/^binding state\s+([a-z]+);/),
    time('starts'),
    time('ends'),
    said(/^hardware\s+[a-z-]+\s+(.*?);/),
    said(/^client-hostname\s+"(.*)";/),
    closed,
  ].join('\t');
}
