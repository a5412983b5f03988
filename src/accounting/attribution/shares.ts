import { CELL_COLUMNS, SHARER_COLUMNS } from '../../records/columns.ts';
import { HOURS_PER_DAY } from '../../records/time.ts';
import { filesSql } from '../facts.ts';

/** Files of cells, and of who shares some of them. */
export interface NamedCellFiles {
  readonly cells: readonly string[];
  readonly sharers: readonly string[];
}

/** What a cell's bytes are named by. */
type NamedBy = 'principal' | 'tenant';

/** The columns of a cell that are shared out. */
const SHARED = ['bytesOut', 'bytesIn', 'ipBytesOut', 'flows'];

/**
 * SQL for the part of a count that falls to one of several: what lies between its weight and the one before it, so
 * that the parts of a count sum to it exactly. Where rounding begins turns with the cell: nobody's name is favoured.
 */
function partSql(count: string): string {
  const turn = `((c.hour::HUGEINT * 2654435761 + c.hostKey + (c.networkKey >> 8)) % s.total)`;
  const upTo = (weight: string) => `((${count}::HUGEINT * ${weight} + ${turn}) // s.total)`;
  return `(${upTo('s.toWeight')} - ${upTo('s.fromWeight')})`;
}

/**
 * Returns cells by principal or by tenant (columns `principal`, `tenant`): one row for each who can have opened a
 * cell's connections. `bytesOut` and the like are its part; `bytesOutLow` is what was certainly its own (of a shared
 * cell nothing, unless all who share it are of the tenant), `bytesOutHigh` all of each cell that it can have opened.
 * Parts of a cell sum to the cell.
 * @param tenants whether rows carry their tenant: it needs the table of openTenants.
 */
export function namedCellsSql(files: NamedCellFiles, by: NamedBy, tenants: boolean): string {
  const day = `hour // ${HOURS_PER_DAY}`;
  const named = (relation: string, on: string) =>
    tenants
      ? `(SELECT r.*, coalesce(t.tenant, 'unknown') AS tenant FROM ${relation} r LEFT JOIN tenant_span t
           ON t.principal = r.principal AND t.fromDay <= r.${on} AND r.${on} < t.toDay)`
      : relation;
  const cells = filesSql(files.cells, CELL_COLUMNS);
  const sharers = named(filesSql(files.sharers, SHARER_COLUMNS), 'day');
  const marks =
    by === 'principal'
      ? 'true AS isFirst, false AS isWhole'
      : `row_number() OVER (PARTITION BY day, sharers, tenant ORDER BY principal) = 1 AS isFirst,
         min(tenant) OVER (PARTITION BY day, sharers) = max(tenant) OVER (PARTITION BY day, sharers) AS isWhole`;
  const shared = SHARED.map((name) => `${partSql(`c."${name}"`)}::UBIGINT AS "${name}"`);
  return `(SELECT * FROM ${named(cells, day)} WHERE coalesce(sharers, 0) = 0
    UNION ALL BY NAME
    SELECT c.* REPLACE (${shared.join(', ')}, CASE WHEN s.isFirst AND s.isWhole THEN bytesOutLow ELSE 0 END AS bytesOutLow,
      CASE WHEN s.isFirst THEN bytesOutHigh ELSE 0 END AS bytesOutHigh, s.principal AS principal)${tenants ? ', s.tenant' : ''}
    FROM ${cells} c JOIN (SELECT *, ${marks} FROM ${sharers}) s ON s.sharers = c.sharers AND s.day = c.${day} WHERE c.sharers > 0)`;
}
