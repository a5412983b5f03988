import { VIEWS } from '../src/ledger/duckdb/views.ts';
import {
  CELL_COLUMNS,
  type Column,
  REJECT_COLUMNS,
  SHARER_COLUMNS,
  sqlType,
} from '../src/records/columns.ts';
import { FACT_COLUMNS, NUMBERS_COLUMNS, TRANSLATION_COLUMNS } from '../src/records/families.ts';

const BEGIN = '<!-- columns: written by scripts/write-schemas.ts -->';
const END = '<!-- end of columns -->';

/** The records in the order in which a line passes through them. */
const RECORDS: readonly {
  readonly name: string;
  readonly is: string;
  readonly columns: readonly Column[];
}[] = [
  {
    name: 'flow',
    is: 'One connection as its sensor logged it: closed, or a cumulative snapshot of one still open.',
    columns: FACT_COLUMNS.flow,
  },
  {
    name: 'handshake',
    is: 'What a connection said of itself. Belongs to the flow of the same sensor and uid.',
    columns: FACT_COLUMNS.handshake,
  },
  { name: 'coverage', is: 'What a sensor said of its own sight.', columns: FACT_COLUMNS.coverage },
  {
    name: 'given',
    is: 'Egress that arrived already summed, through a mapping.',
    columns: FACT_COLUMNS.given,
  },
  {
    name: 'counter',
    is: 'What an interface has carried since its counters began, as read.',
    columns: FACT_COLUMNS.counter,
  },
  {
    name: 'lease',
    is: 'An address bound to an identity, a host or a device for a time (DHCP, VPN).',
    columns: FACT_COLUMNS.lease,
  },
  { name: 'session', is: 'Somebody logged in: VPN, SSH, portal.', columns: FACT_COLUMNS.session },
  { name: 'job', is: 'Work that a scheduler ran for somebody.', columns: FACT_COLUMNS.job },
  { name: 'access', is: 'Somebody read or wrote storage.', columns: FACT_COLUMNS.access },
  { name: 'transfer', is: 'A file that a service moved.', columns: FACT_COLUMNS.transfer },
  { name: 'member', is: 'Who belongs to which tenant, and from when.', columns: FACT_COLUMNS.member },
  { name: 'account', is: 'Which name a user number is, and from when.', columns: FACT_COLUMNS.account },
  {
    name: 'translation',
    is: 'A connection as the other side of a NAT saw it; written beside the flow of the same line (FortiGate, PAN-OS, conntrack).',
    columns: TRANSLATION_COLUMNS,
  },
  {
    name: 'numbers',
    is: 'Which consecutive numbers the lines of a log bear; written beside the records of logs that number their lines (Lustre changelogs, Linux audit).',
    columns: NUMBERS_COLUMNS,
  },
  { name: 'reject', is: 'A line that is no record, and why.', columns: REJECT_COLUMNS },
  {
    name: 'cell',
    is: 'Egress of one hour under one set of keys: the result of a build. Reports and detection read nothing else.',
    columns: CELL_COLUMNS,
  },
  {
    name: 'sharer',
    is: 'Who shares cells of a day, and which part of each is whose.',
    columns: SHARER_COLUMNS,
  },
];

/**
 * Returns docs/records.md with its tables of columns made anew from the definition of the records.
 * @throws Error when the page has lost the marks between which the tables stand.
 */
export function withColumnTables(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`docs/records.md lacks "${BEGIN}" or "${END}"`);
  const tables = RECORDS.map(({ name, is, columns }) => {
    const rows = columns.map(({ name: column, type, nullable, doc }) =>
      tableRow(`\`${column}\``, sqlType(type), nullable ? 'may be unset' : '', doc),
    );
    const header = ['| Column | Type | | Meaning |', '|---|---|---|---|'];
    return [`## ${name}`, '', is, '', ...header, ...rows, ...readable(name)].join('\n');
  });
  return `${before}${BEGIN}\n\n${tables.join('\n\n')}\n\n${END}${after}`;
}

function tableRow(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Columns that a query's view makes for reading; the file behind it has none of them. */
function readable(name: string): string[] {
  const view = VIEWS.find((each) => each.name === name);
  const names = (view?.readable ?? []).map((sql) => `\`${/"(\w+)"$/.exec(sql)?.[1] ?? sql}\``);
  return names.length === 0 ? [] : ['', `For reading, \`weir ledger query\` adds ${names.join(', ')}.`];
}
