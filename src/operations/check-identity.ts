import { hasIdentity } from '../accounting/attribution/attribute.ts';
import {
  bytesByBasis,
  flowsByBasis,
  type KnownBytes,
  unplacedNames,
} from '../accounting/attribution/attribution-query.ts';
import {
  busiestDays,
  type FarClock,
  farClock,
  type SessionDay,
} from '../accounting/attribution/far-clocks.ts';
import { formatDay, HOURS_PER_DAY } from '../records/time.ts';
import type { CheckAnswer, Finding } from './answers/check.ts';
import { missingNames } from './check-named.ts';
import type { HourWindow, Reading } from './reading.ts';

/** A clock this far off is worth setting, though it is corrected: connections near a login or logout are misjudged. */
const OFF_SECONDS = 5;
/** Two medians are apart where their difference is so many times what half of the differences stay within. */
const BEYOND_SPREAD = 4;
/** Fewer sessions than this say nothing of the clock; half of them must agree, for ports are used again. */
const LEAST_BEGINS = 5;
const AGREEING_SHARE = 0.5;
const SHOWN_NAMES = 5;
const MICROS = 1e6;

/** How far off the sensors of sessions are, and what is to be said of attribution. */
export interface IdentityView {
  readonly clocks: CheckAnswer['clocks'];
  readonly findings: readonly Finding[];
}

/** Returns what can be said of who was where: clocks as the builds estimated them, names without a host, what is known. */
export async function identityView(reading: Reading, window: HourWindow): Promise<IdentityView> {
  const days = {
    fromDay: Math.floor(window.fromHour / HOURS_PER_DAY),
    toDay: Math.floor((window.toHour - 1) / HOURS_PER_DAY),
  };
  const files = (family: string, { fromDay, toDay }: typeof days) =>
    reading.factFiles(family, fromDay, toDay);
  // What stands in a wrong time zone may lie a day away from all flows.
  const around = { fromDay: days.fromDay - 1, toDay: days.toDay + 1 };
  if (!hasIdentity((family) => files(family, around))) return { clocks: [], findings: [] };
  const estimates = estimatesIn(reading, days);
  const clocks = estimates.map(([sensor, some]) => clockAnswer(sensor, some));
  const cells = reading.builtFiles('cell', days.fromDay, days.toDay);
  const known = await bytesByBasis(reading.db, cells, window);
  const unplaced = await unplacedNames(reading.db, (family) => files(family, days), reading.facility);
  return {
    clocks,
    findings: [
      ...nameFindings(unplaced),
      ...clocks.flatMap(clockFinding),
      ...estimates.flatMap(([sensor, some]) => jumpFinding(sensor, some)),
      ...(await farFindings(reading, around, new Set(estimates.map(([sensor]) => sensor)))),
      ...missingNames(await flowsByBasis(reading.db, cells, window)),
      ...knownFinding(known),
    ],
  };
}

/** What the build of one day found of a sensor's clock, microseconds. */
interface Estimate {
  readonly day: number;
  readonly offset: number;
  readonly spread: number;
  readonly matches: number;
}

/** Reads the estimates that the builds of some days left in their totals, by sensor. */
function estimatesIn(
  { totalsOn }: Reading,
  days: { fromDay: number; toDay: number },
): [sensor: string, estimates: readonly Estimate[]][] {
  const bySensor = new Map<string, Estimate[]>();
  for (let day = days.fromDay; day <= days.toDay; day += 1) {
    const totals = totalsOn(day);
    for (const [name, value] of Object.entries(totals)) {
      const sensor = /^clock\.(.+)\.offsetMicros$/.exec(name)?.[1];
      if (sensor === undefined) continue;
      const other = (part: string) => Number(totals[`clock.${sensor}.${part}`] ?? 0);
      const estimate = {
        day,
        offset: Number(value),
        spread: other('spreadMicros'),
        matches: other('matches'),
      };
      bySensor.set(sensor, [...(bySensor.get(sensor) ?? []), estimate]);
    }
  }
  return [...bySensor].sort(([a], [b]) => (a < b ? -1 : 1));
}

function clockAnswer(sensor: string, estimates: readonly Estimate[]): CheckAnswer['clocks'][number] {
  const offsets = estimates.map(({ offset }) => offset);
  const last = estimates.at(-1);
  return {
    sensor,
    days: estimates.length,
    matches: estimates.reduce((sum, { matches }) => sum + matches, 0),
    offsetSeconds: {
      low: offsets.reduce((a, b) => Math.min(a, b)) / MICROS,
      latest: (last?.offset ?? 0) / MICROS,
      high: offsets.reduce((a, b) => Math.max(a, b)) / MICROS,
    },
    spreadSeconds: (last?.spread ?? 0) / MICROS,
  };
}

/** The largest step of a clock from one day to another, where it is more than the estimates' own spread. */
function jumpFinding(sensor: string, estimates: readonly Estimate[]): Finding[] {
  const steps = estimates.flatMap((now, index) => {
    const before = estimates[index - 1];
    if (!before) return [];
    const micros = now.offset - before.offset;
    const least = Math.max(OFF_SECONDS * MICROS, BEYOND_SPREAD * (now.spread + before.spread));
    return Math.abs(micros) >= least ? [{ micros, from: before.day, to: now.day }] : [];
  });
  const [largest] = steps.sort((a, b) => Math.abs(b.micros) - Math.abs(a.micros) || a.to - b.to);
  if (!largest) return [];
  const { micros, from, to } = largest;
  const more = steps.length > 1 ? ` It is the largest of ${steps.length} such steps.` : '';
  return [
    {
      severity: 'warning',
      subject: `sensor ${sensor}`,
      finding: `Its clock jumped ${micros < 0 ? 'back' : 'ahead'} by ${seconds(Math.abs(micros) / MICROS)} between ${formatDay(from)} and ${formatDay(to)}.${more} Attribution corrects each day by its median: on the day of the step logins and logouts are off by as much.`,
      todo: 'Find out who set it, and have it synchronise its clock (NTP).',
    },
  ];
}

function clockFinding({
  sensor,
  days,
  matches,
  offsetSeconds,
  spreadSeconds,
}: CheckAnswer['clocks'][number]): Finding[] {
  const { low, latest, high } = offsetSeconds;
  if (Math.max(Math.abs(low), Math.abs(high)) < OFF_SECONDS) return [];
  const way = latest < 0 ? 'behind' : 'ahead of';
  const range = low === high ? '' : `, from ${seconds(low)} to ${seconds(high)} by the day`;
  return [
    {
      severity: 'warning',
      subject: `sensor ${sensor}`,
      finding: `Its clock is ${seconds(Math.abs(latest))} ${way} the clock of the flows${range}: median over the begins of ${matches} sessions and of their own connections on ${days} days, half of them within ${seconds(spreadSeconds)}. Attribution corrects it.`,
      todo: 'Have it synchronise its clock (NTP).',
    },
  ];
}

/** Sensors whose clock no build could find, because it is further off than they look: most likely by a time zone. */
async function farFindings(
  { db, factFiles }: Reading,
  days: { readonly fromDay: number; readonly toDay: number },
  found: ReadonlySet<string>,
): Promise<Finding[]> {
  const sessions = factFiles('session', days.fromDay, days.toDay);
  const busiest = (await busiestDays(db, sessions, days)).filter(
    ({ sensor, begins }) => !found.has(sensor) && begins >= LEAST_BEGINS,
  );
  const findings: Finding[] = [];
  for (const each of busiest) {
    const flows = factFiles('flow', each.day - 1, each.day + 1);
    const far = await farClock(db, { sessions, flows }, each);
    if (far && far.matches >= Math.max(LEAST_BEGINS, AGREEING_SHARE * each.begins))
      findings.push(farFinding(each, far));
  }
  return findings;
}

function farFinding({ sensor, day, begins }: SessionDay, { offsetMicros, matches }: FarClock): Finding {
  const hours = Number((Math.abs(offsetMicros) / MICROS / 3600).toFixed(2));
  return {
    severity: 'warning',
    subject: `sensor ${sensor}`,
    finding: `Of ${begins} sessions that it begins on ${formatDay(day)} ${matches} have their own connection some ${hours} h ${offsetMicros > 0 ? 'earlier' : 'later'}: its \`timezone:\` in weir.yaml seems to be wrong, or its clock by as much. That is too far to be corrected: it names the wrong people.`,
    todo: 'Correct the time zone and import into a fresh ledger, or set the clock.',
  };
}

function seconds(value: number): string {
  return `${Number(value.toFixed(value < 10 && value > -10 ? 1 : 0))} s`;
}

function nameFindings(names: readonly string[]): Finding[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, SHOWN_NAMES).join(', ') + (names.length > SHOWN_NAMES ? ', …' : '');
  return [
    {
      severity: 'warning',
      subject: 'hosts',
      finding: `Logs of sessions, jobs and transfers name ${names.length === 1 ? 'a host' : `${names.length} hosts`} without a known address (${shown}): who was there counts for nobody.`,
      todo: 'List them with their addresses under hosts, or import DHCP leases that name them.',
    },
  ];
}

function knownFinding(known: readonly KnownBytes[]): Finding[] {
  const sum = (holds: (each: KnownBytes) => boolean) =>
    known.filter(holds).reduce((all, { bytesOut }) => all + Number(bytesOut), 0);
  const all = sum(() => true);
  if (all === 0) return [];
  const share = (bytes: number) => `${Number(((100 * bytes) / all).toPrecision(3))} %`;
  const one = share(sum(({ basis, several }) => basis !== 'unknown' && !several));
  const several = share(sum(({ several: many }) => many));
  return [
    {
      severity: 'note',
      subject: 'principals',
      finding: `Of what left, ${one} can have been only one principal's, ${several} one of several who were present; of ${share(sum(({ basis }) => basis === 'unknown'))} nobody is known.`,
      todo: 'weir report --by principal shows who.',
    },
  ];
}
