import { z } from 'zod';
import type { Campaign } from '../detection/campaign.ts';
import type { Lead } from '../detection/lead.ts';
import { ConfigurationError, InternalError } from '../errors.ts';
import type { Facility } from '../facility/facility.ts';
import { hostAliases, hostNames } from '../facility/zones.ts';
import { type EntryOf, newId } from '../ledger/entries.ts';
import { openLedger } from '../ledger/files.ts';
import { append } from '../ledger/journal.ts';
import { readSnapshot } from '../ledger/snapshot.ts';
import { formatHost, formatNetwork, hostKey, networkKey, parseAddress } from '../records/address.ts';
import { parseBytes } from '../records/byte-text.ts';
import { formatDay, parseDay } from '../records/time.ts';
import type { DecisionAnswer, DecisionsAnswer } from './answers/decide.ts';
import { type AllowancePayload, allowancePayload, type VerdictPayload, verdictPayload } from './decisions.ts';
import { detectIn } from './detect.ts';
import { quietSensorsIn } from './quiet-sensors.ts';
import { type Question, windowOf, withReading } from './reading.ts';

/** A legitimate transfer to announce. At least one part of the scope must be stated. */
export interface Registration {
  readonly facility: Facility;
  readonly ledgerDir: string;
  readonly owner: string;
  readonly host?: string;
  readonly destination?: string;
  readonly path?: string;
  readonly principal?: string;
  /** Such as `5TB`. */
  readonly cap: string;
  /** First and last UTC day on which it holds. */
  readonly from: string;
  readonly until: string;
  readonly note: string;
  readonly by: string;
}

/** An analyst's word on a lead or campaign. With `cap` and `until`, `expected` allows what is still to come too. */
export interface Verdict extends Question {
  readonly target: string;
  readonly verdict: 'expected' | 'dismissed' | 'confirmed';
  readonly cap?: string;
  readonly until?: string;
  readonly note: string;
  readonly by: string;
}

/**
 * Writes a registered transfer into the journal and returns it.
 * @throws ConfigurationError when its scope, cap or days make no sense, or there is no ledger.
 */
export async function register(registration: Registration): Promise<DecisionAnswer> {
  const { facility, ledgerDir, owner, cap, from, until, note, by } = registration;
  openLedger(ledgerDir);
  const scope = scopeOf(registration, facility);
  const fromDay = dayOf(from, '--from');
  const payload: AllowancePayload = {
    owner,
    scope,
    capBytes: bytesOf(cap),
    fromDay,
    expiresOnDay: lastDayOf(until, fromDay),
  };
  return record(ledgerDir, { verb: 'register', by, note, payload });
}

/**
 * Writes an analyst's word on a lead or campaign into the journal and returns it. A cap is shared out among a
 * campaign's destinations by what each received, so that together they allow no more.
 * @throws ConfigurationError when no such lead or campaign stands, or the cap comes without an end.
 */
export async function decide(verdict: Verdict): Promise<DecisionAnswer> {
  const { target, cap, until } = verdict;
  const mayAllow = verdict.verdict === 'expected';
  if (!mayAllow && (cap ?? until) !== undefined)
    throw new ConfigurationError('--cap and --until belong to `expected` only');
  if ((cap === undefined) !== (until === undefined)) {
    throw new ConfigurationError('--cap and --until belong together: an allowance needs a limit and an end');
  }
  const capBytes = cap === undefined ? undefined : bytesOf(cap);
  const { ids, leads, campaign } = await withReading(verdict, (reading) => find(reading, verdict));
  const fromDay = Math.min(...leads.map(({ changePoint }) => changePoint.low));
  const scopes = campaign ? campaignScopes(campaign) : leads.flatMap(leadScope);
  if (capBytes !== undefined && scopes.length === 0) {
    throw new ConfigurationError(
      `${target} speaks of the whole centre, a tenant or a sensor, which nothing can allow; register the transfer instead`,
    );
  }
  const parts = shares(
    capBytes ?? 0,
    scopes.map(({ weight }) => weight),
  );
  const allowances =
    capBytes === undefined || until === undefined
      ? []
      : scopes.map(({ scope }, index) => ({
          owner: verdict.by,
          scope,
          capBytes: parts[index] ?? 0,
          fromDay,
          expiresOnDay: lastDayOf(until, fromDay),
        }));
  const payload: VerdictPayload = { target, leads: ids, allowances };
  return record(verdict.ledgerDir, { verb: verdict.verdict, by: verdict.by, note: verdict.note, payload });
}

/** Returns every decision as of a journal position, oldest first. */
export async function decisions(ledgerDir: string, asOf?: number): Promise<DecisionsAnswer> {
  openLedger(ledgerDir);
  const snapshot = await readSnapshot(ledgerDir, asOf);
  return { asOf: snapshot.position, decisions: snapshot.entriesOf('decision').map(answerOf) };
}

async function find(
  reading: Parameters<typeof detectIn>[0],
  verdict: Verdict,
): Promise<{ ids: string[]; leads: readonly Lead[]; campaign: Campaign | undefined }> {
  const window = windowOf(reading.snapshot, undefined, undefined);
  const detected = await detectIn(reading, verdict, window);
  const campaign = detected.campaigns.find(({ id }) => id === verdict.target);
  const wanted = new Set(campaign?.leads ?? [verdict.target]);
  const leads = detected.leads.filter(({ id }) => wanted.has(id));
  if (leads.length > 0) return { ids: leads.map(({ id }) => id), leads, campaign };
  const quiet = await quietSensorsIn(reading, window);
  if (quiet.some(({ id }) => id === verdict.target)) return { ids: [verdict.target], leads: [], campaign };
  throw new ConfigurationError(
    `there is no lead or campaign ${verdict.target}; weir detect lists them with their ids`,
  );
}

interface WeightedScope {
  readonly scope: AllowancePayload['scope'];
  readonly weight: number;
}

function leadScope({ family, entity }: Lead): WeightedScope[] {
  return family === 'centre' || family === 'tenant' ? [] : [{ scope: { [family]: entity }, weight: 1 }];
}

/** Its destinations; of a single host, only from there. */
function campaignScopes({ hosts, destinations }: Campaign): WeightedScope[] {
  const [host] = hosts;
  const only = hosts.length === 1 && host !== undefined ? { host } : {};
  return destinations.map(({ network, bytesOut }) => ({
    scope: { ...only, network },
    weight: Math.max(1, bytesOut),
  }));
}

/** Splits a cap by weight with the largest remainder, ties by order: the parts add up to it. */
function shares(cap: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + BigInt(Math.round(weight)), 0n);
  if (total === 0n) return weights.map(() => 0);
  const exact = weights.map((weight) => BigInt(cap) * BigInt(Math.round(weight)));
  const parts = exact.map((part) => Number(part / total));
  const order = exact
    .map((part, index) => ({ index, rest: part % total }))
    .sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1));
  const left = cap - parts.reduce((sum, part) => sum + part, 0);
  for (const { index } of order.slice(0, left)) parts[index] = (parts[index] ?? 0) + 1;
  return parts;
}

/** Returns a scope in detection's own words: hosts by name where they have one, destinations by network or AS. */
function scopeOf(registration: Registration, facility: Facility): AllowancePayload['scope'] {
  const { host, destination, path, principal } = registration;
  const scope = {
    ...(host === undefined ? {} : { host: hostText(host, facility) }),
    ...(destination === undefined ? {} : destinationScope(destination)),
    ...(path === undefined ? {} : { path: pathText(path, facility) }),
    ...(principal === undefined ? {} : { principal }),
  };
  if (Object.keys(scope).length > 0) return scope;
  throw new ConfigurationError('say what the transfer covers: --host, --destination, --path or --principal');
}

function hostText(host: string, facility: Facility): string {
  const address = parseAddress(host.replace(/\/64$/, ''));
  if (!address) return host;
  const key = hostAliases(facility).get(hostKey(address)) ?? hostKey(address);
  return hostNames(facility).get(key) ?? formatHost(key);
}

function destinationScope(destination: string): AllowancePayload['scope'] {
  if (/^AS\d+$/i.test(destination)) return { as: destination.toUpperCase() };
  const address = parseAddress(destination.replace(/\/(24|48)$/, ''));
  return { network: address ? formatNetwork(networkKey(address)) : destination };
}

function pathText(path: string, facility: Facility): string {
  if (facility.paths.some(({ name }) => name === path) || facility.mappings.length > 0) return path;
  const known = facility.paths.map(({ name }) => name).join(', ');
  throw new ConfigurationError(`--path ${path}: weir.yaml has no such path; it has ${known}`);
}

function bytesOf(text: string): number {
  const bytes = parseBytes(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw new ConfigurationError(
    `--cap ${text}: give bytes with an SI unit, such as 5TB, between 1 B and 9 PB`,
  );
}

function dayOf(text: string, flag: string): number {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? parseDay(text) : undefined;
  if (day !== undefined) return day;
  throw new ConfigurationError(`${flag} ${text}: give a UTC day such as 2026-03-01`);
}

function lastDayOf(until: string, fromDay: number): number {
  const day = dayOf(until, '--until');
  if (day >= fromDay) return day;
  throw new ConfigurationError(`--until ${until} lies before the first day, ${formatDay(fromDay)}`);
}

async function record(
  ledgerDir: string,
  decision: Pick<EntryOf<'decision'>, 'verb' | 'by' | 'note'> & {
    payload: AllowancePayload | VerdictPayload;
  },
): Promise<DecisionAnswer> {
  const id = newId();
  // Through JSON, so that parts left out are absent and not undefined.
  const payload = z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(decision.payload)));
  const entry = await append(ledgerDir, () => ({ kind: 'decision', id, ...decision, payload }));
  if (entry?.kind === 'decision') return answerOf(entry);
  throw new InternalError('a decision was neither written nor refused');
}

function answerOf(entry: EntryOf<'decision'>): DecisionAnswer {
  const { id, seq, at, by, verb, note } = entry;
  const verdict = verb === 'register' ? undefined : verdictPayload.parse(entry.payload);
  const allowances = verdict?.allowances ?? [allowancePayload.parse(entry.payload)];
  return {
    id,
    entry: seq,
    at,
    by,
    verb,
    note,
    target: verdict?.target ?? null,
    leads: verdict?.leads ?? [],
    allowances: allowances.map(({ owner, scope, capBytes, fromDay, expiresOnDay }) => ({
      owner,
      scope,
      capBytes: String(capBytes),
      from: formatDay(fromDay),
      until: formatDay(expiresOnDay),
    })),
  };
}
