/**
 * A centre that does not exist, at the level of daily cells: who (host, principal) sent how much to which network on
 * which day. It lives in memory only and every name it gives carries the mark of a simulation.
 */

/** How large a centre is. */
export interface Size {
  readonly name: 'full' | 'tenth' | 'tiny';
  readonly hosts: number;
  readonly principals: number;
  readonly systems: number;
  readonly networks: number;
  readonly bytesPerDay: number;
  /** What campaigns made for the full size are multiplied by: their volume, and hosts and identities from ten up. */
  readonly scale: number;
}

export const FULL: Size = {
  name: 'full',
  hosts: 3_000,
  principals: 20_000,
  systems: 2_500,
  networks: 34_000,
  bytesPerDay: 69e12,
  scale: 1,
};
export const TENTH: Size = {
  name: 'tenth',
  hosts: 300,
  principals: 2_000,
  systems: 250,
  networks: 3_400,
  bytesPerDay: 6.9e12,
  scale: 0.1,
};

/** Days of a run, and of these the ones before any campaign. */
export const DAYS = 360;
export const HISTORY_DAYS = 180;

/** One day's traffic: parallel columns, one row for each (host, principal, network). */
export interface Rows {
  readonly host: Int32Array;
  readonly principal: Int32Array;
  readonly network: Int32Array;
  readonly bytes: Float64Array;
}

/** The fixed parts of a centre. Networks from `size.networks` on are outside places that only a thief uses. */
export interface World {
  readonly size: Size;
  readonly asOfNetwork: Int32Array;
  readonly pathOfHost: Int32Array;
  readonly tenantOfPrincipal: Int32Array;
  /** ASes by their share of ordinary traffic, largest first. */
  readonly systemsByUse: readonly number[];
}

/** A centre's ordinary life. */
export interface Centre {
  readonly generator: string;
  readonly seed: number;
  readonly world: World;
  readonly days: readonly Rows[];
  /** Share of each day that the sensors saw. Rows hold what was seen. */
  readonly coverage: Float64Array;
}

/** Networks that no ordinary traffic goes to, for campaigns that use fresh places. */
export const SPARE_NETWORKS = 60_000;
export const PATHS = ['border-a', 'border-b', 'vpn', 'dtn'] as const;

/** Grows columns row by row. */
export class RowBuilder {
  private host: number[] = [];
  private principal: number[] = [];
  private network: number[] = [];
  private bytes: number[] = [];

  add(host: number, principal: number, network: number, bytes: number): void {
    this.host.push(host);
    this.principal.push(principal);
    this.network.push(network);
    this.bytes.push(bytes);
  }

  /** Returns the rows with their bytes times a factor, whole and at least one. */
  rows(factor = 1): Rows {
    return {
      host: Int32Array.from(this.host),
      principal: Int32Array.from(this.principal),
      network: Int32Array.from(this.network),
      bytes: Float64Array.from(this.bytes, (bytes) => Math.max(1, Math.floor(bytes * factor))),
    };
  }

  total(): number {
    return this.bytes.reduce((sum, bytes) => sum + bytes, 0);
  }
}

/** Returns the rows of each day, scaled so that the mean of the history is the size's bytes a day, as far as they were seen. */
export function finish(size: Size, built: readonly RowBuilder[], coverage: Float64Array): Rows[] {
  const history = built.slice(0, HISTORY_DAYS);
  const mean = history.reduce((sum, day) => sum + day.total(), 0) / history.length;
  return built.map((day, i) => day.rows((size.bytesPerDay / mean) * (coverage[i] as number)));
}

/** Returns the ASes by their bytes in the history, largest first. */
export function systemsByUse(size: Size, asOfNetwork: Int32Array, days: readonly Rows[]): number[] {
  const bytes = new Float64Array(size.systems);
  for (const rows of days.slice(0, HISTORY_DAYS)) {
    rows.network.forEach((network, i) => {
      const as = asOfNetwork[network] as number;
      bytes[as] = (bytes[as] as number) + (rows.bytes[i] as number);
    });
  }
  return [...bytes.keys()].sort((a, b) => (bytes[b] as number) - (bytes[a] as number) || a - b);
}
