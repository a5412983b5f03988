import { safeText } from '../records/safe-text.ts';
import { type Activity, commandsOf, type Finding, titleOf } from './finding.ts';

const NAMES_MAX = 20;
const WORDS: Readonly<Record<Activity, string>> = { create: 'new', update: 'changed', close: 'closed' };

/** Returns the subject line of a mail: one line, nothing in it that acts. */
export function subjectOf(finding: Finding, activity: Activity): string {
  const mark = finding.simulated ? 'SIMULATED ' : '';
  return safeText(`[Weir] ${mark}${WORDS[activity]} ${finding.kind}: ${titleOf(finding)}`);
}

/** Returns the plain text of a mail: what, from where, to where, why, and how to answer. */
export function letterOf(finding: Finding, activity: Activity): string {
  const { facility, simulated, because, hosts, destinations, principals, decision, asOf } = finding;
  const { explain, decide } = commandsOf(finding);
  const lines = [
    ...(simulated ? ['SIMULATED: this centre does not exist.', ''] : []),
    `${titleOf(finding)} at ${facility} (${WORDS[activity]} ${finding.kind} ${finding.id})`,
    '',
    because,
    '',
    ...(finding.amount ? [`Bytes out:    ${amountText(finding.amount)}`] : []),
    ...(finding.startedAt ? [`Began:        ${beganText(finding.startedAt)}`] : []),
    `Known since:  ${finding.detectedAt}`,
    ...(hosts.length > 0 ? [`From:         ${namesText(hosts)}`] : []),
    ...(destinations.length > 0 ? [`To:           ${namesText(destinations)}`] : []),
    ...(principals.length > 0 ? [`Principals:   ${namesText(principals)}`] : []),
    ...(decision
      ? [`Last word:    ${[decision.verdict, decision.by, decision.note].filter(Boolean).join(', ')}`]
      : []),
    '',
    `Look at it:   ${explain}`,
    ...(activity === 'close' ? [] : [`Answer:       ${decide}`]),
    '',
    `Computed as of entry ${asOf} of the journal. Byte counts are transport payload, SI units.`,
  ];
  return `${lines.map(safeText).join('\n')}\n`;
}

function amountText(amount: NonNullable<Finding['amount']>): string {
  if (amount.of === 'day')
    return `${digits(amount.observed)} B a day; usual were ${digits(amount.usual)} B a day`;
  return `${digits(amount.estimate)} B (${digits(amount.low)} to ${digits(amount.high)} B)`;
}

/** Groups of three, with a space: the same in every country. */
function digits(bytes: string): string {
  return bytes.replace(/\B(?=(\d{3})+$)/g, ' ');
}

function beganText({ low, estimate, high }: NonNullable<Finding['startedAt']>): string {
  return low === high ? estimate : `${estimate} (between ${low} and ${high})`;
}

function namesText(names: readonly string[]): string {
  const rest = names.length - NAMES_MAX;
  return `${names.slice(0, NAMES_MAX).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
