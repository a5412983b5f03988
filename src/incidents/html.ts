import { createHash } from 'node:crypto';
import type { IncidentCase, SheetRow } from './case.ts';
import { pictureOf, voiceOf } from './html-picture.ts';
import { styleOf } from './html-style.ts';
import { html, type Markup } from './html-text.ts';
import { presenceInWords } from './people.ts';
import { tlpLabel, tlpReach } from './tlp.ts';
import {
  bytesInWords,
  instantInWords,
  intervalInWords,
  momentInWords,
  subjectInWords,
  timeInWords,
} from './words.ts';

/** So many rows of what can be very long; the rest is counted, and stands in the other forms. */
const ROWS = 40;

/**
 * Returns a case as one HTML file that needs nothing else: no script, no font, no picture from elsewhere, and a policy
 * that lets a browser load none. It prints on A4 with the marking on every sheet.
 */
export function htmlOf(told: IncidentCase): string {
  const { incident, facility, asOf } = told;
  const style = styleOf(incident.tlp, `${facility}, case ${incident.id}, as of entry ${asOf}`);
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const notes = commandNotes();
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${`${tlpLabel(incident.tlp)} ${incident.title}`}</title>
<style>${{ markup: style }}</style>
</head>
<body>
${headOf(told)}
${figuresOf(told)}
${sheetOf(told, notes)}
${timelineOf(told, notes)}
${findingsOf(told, notes)}
${whoseOf(told, notes)}
${trafficOf(told, notes)}
${flowsOf(told)}
${recordOf(told)}
${appendixOf(notes)}
</body>
</html>
`;
  return page.markup;
}

/** Commands beside small figures, numbered: they stand at the end of the page, each once. */
function commandNotes() {
  const numbers = new Map<string, number>();
  return {
    mark(command: string): Markup {
      const number = numbers.get(command) ?? numbers.size + 1;
      numbers.set(command, number);
      return html`<a class="mark" href="#c${number}">[${number}]</a>`;
    },
    all: () => [...numbers],
  };
}
type CommandNotes = ReturnType<typeof commandNotes>;

function appendixOf(notes: CommandNotes): Markup {
  const rows = notes.all().map(
    ([command, number]) => html`<li id="c${number}"><code>${command}</code></li>
`,
  );
  if (rows.length === 0) return html``;
  return html`<section><h2>How each figure is made again</h2><ol class="commands">
${rows}</ol></section>`;
}

/** A word longer than this may break anywhere, so that no name pushes a column off the sheet. */
const WORD_CHARS = 26;

function cell(text: string, kind = ''): Markup {
  const isLong = text.split(/\s+/).some((word) => word.length > WORD_CHARS);
  return html`<td class="${isLong ? `${kind} long` : kind}">${text}</td>`;
}

function headOf({ incident, facility, simulated, asOf, asOfAt }: IncidentCase): Markup {
  return html`<header>
<div class="bar"><span class="tlp">${tlpLabel(incident.tlp)}</span><span class="soft">${tlpReach(incident.tlp)}</span></div>
${simulated ? html`<p class="warn">Simulated: this centre does not exist.</p>` : html``}
<h1>${incident.title}</h1>
<p class="soft">${facility} · case ${incident.id} · <strong>${incident.status}</strong> · opened ${instantInWords(incident.openedAt)} · as of entry ${asOf} of the journal, ${instantInWords(asOfAt)} · times are UTC</p>
</header>`;
}

function figuresOf({ figures }: IncidentCase): Markup {
  const { loss, observed, dwell, reportingGap } = figures;
  const figure = (name: string, value: string, because: string, command: string) =>
    html`<div class="figure"><div class="name">${name}</div><div class="value">${value}</div><p>${because}.</p><code class="command">${command}</code></div>
`;
  const time = (seconds: { estimate: number } | null) =>
    seconds ? timeInWords(seconds.estimate) : 'not known';
  return html`<section><div class="figures">
${figure('Loss', loss.bytesOut ? bytesInWords(loss.bytesOut.estimate) : 'not known', loss.because, loss.command)}
${figure(dwell.running ? 'Dwell time, still running' : 'Dwell time', time(dwell.seconds), dwell.because, dwell.command)}
${figure(reportingGap.running ? 'Reporting gap, still running' : 'Reporting gap', time(reportingGap.seconds), reportingGap.because, reportingGap.command)}
${figure('Passed in all', bytesInWords(observed.bytesOut.estimate), observed.because, observed.command)}
</div></section>`;
}

const CUTS: Readonly<Record<SheetRow['cut'], string>> = {
  principal: 'Revoke the identity',
  host: 'Isolate the host',
  path: 'Close the path',
  destination: 'Block the destination',
};

function sheetOf({ sheet: { days, rows } }: IncidentCase, notes: CommandNotes): Markup {
  if (!days || rows.length === 0)
    return html`<section><h2>Containment: what can be cut, and what breaks</h2><p>The ledger names nothing to cut: no traffic belongs to this case.</p></section>`;
  const shown = rows.slice(0, ROWS);
  const row = (each: SheetRow) => {
    const others = each.cut === 'destination' ? 'host' : 'destination';
    const known =
      each.cut === 'principal' || each.principals === 0
        ? ''
        : `, ${each.principals} known ${each.principals === 1 ? 'identity' : 'identities'}`;
    const breaks =
      each.bytesOutOfOthers === '0'
        ? 'nothing else was seen'
        : `${each.counterparts} other ${others}${each.counterparts === 1 ? '' : 's'}${known}`;
    return html`<tr><td class="kind">${CUTS[each.cut]}</td>${cell(each.name)}<td class="number">${bytesInWords(each.bytesOutOfCase)}</td><td class="number">${bytesInWords(each.bytesOutOfOthers)}</td>${cell(breaks)}<td class="soft">${notes.mark(each.command)}</td></tr>
`;
  };
  return html`<section><h2>Containment: what can be cut, and what breaks</h2>
<p>What went the same ways from ${days.from} to ${days.to}, by the case and by others. What others sent is what breaks; that it is legitimate is an assumption, not a finding. This is what can be cut, not who did it: an identity stands here if for a part of it nobody else is known to have been present.</p>
<table><thead><tr><th>Cut</th><th>Name</th><th class="number">Case</th><th class="number">Others</th><th>What breaks</th><th></th></tr></thead><tbody>
${shown.map(row)}</tbody></table>${moreOf(rows.length, shown.length)}</section>`;
}

function timelineOf(told: IncidentCase, notes: CommandNotes): Markup {
  const rows = told.timeline.map((event) => {
    const { main, within } = momentInWords(event.at);
    const entry = event.entry === null ? notes.mark(event.command) : html`${event.entry}`;
    return html`<tr class="${voiceOf(event)}"><td class="time">${main}${within ? html`<br><span class="soft">${within}</span>` : html``}</td><td class="kind">${event.kind}</td>${cell(event.text)}${cell(event.by ?? 'Weir')}<td class="soft">${entry}</td></tr>
`;
  });
  return html`<section><h2>Timeline</h2>${pictureOf(told)}
<table><thead><tr><th>When (UTC)</th><th>What</th><th></th><th>Who</th><th>Entry</th></tr></thead><tbody>
${rows}</tbody></table>
<p class="soft">Blue: computed from the logs. Violet: said outside. Green: done and said here, with its entry of the journal. A day known by its date only stands at its noon.</p></section>`;
}

function findingsOf({ campaigns, leads }: IncidentCase, notes: CommandNotes): Markup {
  const blocks = campaigns.map(
    ({
      id,
      bytesOut,
      because,
      hosts,
      destinations,
      command,
    }) => html`<div class="block"><p><strong>Campaign ${id}: ${intervalInWords(bytesOut)}</strong></p><p>${because}</p>
<p class="soft">${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}, ${destinations.length} ${destinations.length === 1 ? 'destination' : 'destinations'}</p><code class="command">${command}</code></div>
`,
  );
  const rows = leads.map(
    ({
      family,
      entity,
      detectedAt,
      observedBytesPerDay,
      baselineBytesPerDay,
      channels,
      decision,
      command,
    }) => {
      const best = [...channels].sort(
        (a, b) => b.logEvidence - b.threshold - (a.logEvidence - a.threshold),
      )[0];
      return html`<tr><td class="time">${instantInWords(detectedAt)}</td>${cell(subjectInWords({ family, entity }))}<td class="number">${bytesInWords(observedBytesPerDay)}</td><td class="number">${bytesInWords(baselineBytesPerDay)}</td>${cell(best ? `${best.channel}: ${best.logEvidence.toFixed(1)} > ${best.threshold.toFixed(1)}` : '')}<td>${decision ?? ''}</td><td class="soft">${notes.mark(command)}</td></tr>
`;
    },
  );
  return html`<section><h2>What Weir found</h2>
${blocks.length > 0 ? blocks : html`<p>No campaign stands behind this case.</p>`}
${
  rows.length > 0
    ? html`<table><thead><tr><th>Known since</th><th>Lead</th><th class="number">A day</th><th class="number">Usual</th><th>Strongest evidence</th><th>Decided</th><th></th></tr></thead><tbody>
${rows}</tbody></table>`
    : html``
}</section>`;
}

/** Who can have sent, and whose people they are: what is certain apart from what is one of several's. */
function whoseOf({ people, tenants }: IncidentCase, notes: CommandNotes): Markup {
  const head = (name: string, of: string) =>
    html`<thead><tr><th>${name}</th><th class="number">Nobody else</th><th class="number">With its share</th><th class="number">At most</th><th>How sure</th><th>${of}</th><th></th></tr></thead>`;
  const row = (
    name: string,
    { low, estimate, high }: { low: string; estimate: string; high: string },
    sure: string,
    of: string,
    command: string,
  ) => html`<tr>${cell(name)}<td class="number">${bytesInWords(low)}</td><td class="number">${bytesInWords(estimate)}</td><td class="number">${bytesInWords(high)}</td>${cell(sure)}${cell(of)}<td class="soft">${notes.mark(command)}</td></tr>
`;
  const shown = people.slice(0, ROWS);
  const persons = shown.map((each) =>
    row(
      each.principal,
      each.bytesOut,
      presenceInWords(each.principal, { oneOf: each.oneOf, low: each.bytesOut.low }),
      each.bases.join(', '),
      each.command,
    ),
  );
  const whose = tenants.map((each) =>
    row(
      each.tenant,
      { low: each.bytesOutLow, estimate: each.bytesOut, high: each.bytesOutHigh },
      presenceInWords(each.tenant, { oneOf: each.oneOf, low: each.bytesOutLow }),
      countOf(each.principals),
      each.command,
    ),
  );
  if (people.length === 0)
    return html`<section><h2>Who can have sent it</h2><p>No traffic belongs to this case, so nobody is known to have sent any.</p></section>`;
  return html`<section><h2>Who can have sent it</h2>
<p>By the logs of sessions, leases, jobs and transfers, at the moment each connection began. A principal is an account: whoever holds its key is that account to every log. Where several were present, each is <em>one of so many</em>: the share is an equal part, arithmetic and no suspicion. <em>Nobody else</em> means that no log names another; <em>presence</em> alone is weak even then, for services and timers open connections too, and no log lists them.</p>
<table>${head('Identity', 'By')}<tbody>
${persons}</tbody></table>${moreOf(people.length, shown.length)}
<h2>Tenants touched</h2>
<table>${head('Tenant', 'Identities')}<tbody>
${whose}</tbody></table><p class="soft">The tenants of these identities, as weir.yaml and member records have it. <em>unknown</em>: no log says who sent, or nobody says whose the identity is.</p></section>`;
}

/** A few names, or how many there are: a share of many is nobody's. */
function countOf(names: readonly string[]): string {
  if (names.length === 0) return 'no identity is known';
  return names.length <= 5 ? names.join(', ') : `${names.length} identities`;
}

function trafficOf({ traffic }: IncidentCase, notes: CommandNotes): Markup {
  if (traffic.length === 0) return html``;
  const shown = traffic.slice(0, ROWS);
  const rows = shown.map(
    (
      each,
    ) => html`<tr>${cell(each.host)}${cell(each.destination)}${cell(each.path)}${cell(each.service)}${cell(each.principal === 'unknown' ? '' : each.principal)}<td class="number">${bytesInWords(each.bytesOut.estimate)}</td><td class="time">${instantInWords(each.firstSeen)}</td><td class="time">${instantInWords(each.lastSeen)}</td><td class="soft">${notes.mark(each.command)}</td></tr>
`,
  );
  return html`<section><h2>From where to where</h2>
<table><thead><tr><th>Host</th><th>Destination</th><th>Path</th><th>Service</th><th>All of it by</th><th class="number">Out</th><th>First</th><th>Last</th><th></th></tr></thead><tbody>
${rows}</tbody></table>${moreOf(traffic.length, shown.length)}</section>`;
}

function flowsOf({ flows }: IncidentCase): Markup {
  if (flows.length === 0) return html``;
  const rows = flows.map(
    (
      flow,
    ) => html`<tr class="over"><td class="time">${instantInWords(flow.startedAt)}</td>${cell(flow.from, 'mono')}${cell(flow.to, 'mono')}<td class="number">${bytesInWords(flow.bytesOut)}</td>${cell(flow.uid ?? '', 'mono')}</tr>
<tr><td colspan="5" class="mono long soft">${flow.line === null ? flow.file : `${flow.file}:${flow.line}`}</td></tr>
`,
  );
  return html`<section><h2>The way back to the logs</h2><p>The heaviest connections, and below each the line that logged it.</p>
<table><thead><tr><th>Started (UTC)</th><th>From</th><th>To</th><th class="number">Out</th><th>Uid</th></tr></thead><tbody>
${rows}</tbody></table></section>`;
}

function recordOf({ incident, asOf, weirVersion }: IncidentCase): Markup {
  const { hold, holdReleased, id, claims } = incident;
  const held = holdReleased
    ? 'The case has let its records go.'
    : hold
      ? `Records from ${hold.from} ${hold.to ? `to ${hold.to}` : 'on, until the case is contained,'} outlive retention until the case lets them go.`
      : 'The case holds no records.';
  return html`<section><h2>On record</h2>
<p>${held}</p>
${claims.length > 0 ? html`<p>Claims: ${claims.join(', ')}.</p>` : html``}
<p>Every sentence of this case is an entry of the ledger's journal, chained by hashes; <code>weir ledger verify</code> checks them. All figures are as of entry ${asOf}, computed by Weir ${weirVersion}; the command beside a figure makes it again, and this makes the whole page:</p>
<code class="command">weir incident export ${id} --form html --as-of ${asOf}</code></section>`;
}

function moreOf(all: number, shown: number): Markup {
  return all > shown ? html`<p class="soft">… and ${all - shown} more, in the CSV.</p>` : html``;
}
