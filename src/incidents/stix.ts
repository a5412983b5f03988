import { z } from 'zod';
import { InternalError } from '../errors.ts';
import { parseAddress } from '../records/address.ts';
import type { CaseTraffic, IncidentCase, TimelineEvent } from './case.ts';
import { presenceInWords } from './people.ts';
import { type StixBundle, type StixObject, stixBundle, TLP_MARKINGS, tlpMarking } from './stix-schema.ts';
import { tlpLabel, tlpReach } from './tlp.ts';
import { observableId, stixId } from './uuid.ts';
import { intervalInWords } from './words.ts';

/** STIX counts observations up to this. */
const OBSERVED_MAX = 999_999_999;
const PEOPLE_MAX = 100;

/**
 * Returns a case as a bundle of STIX 2.1: the centre, the incident, what was observed, the case's notes and what its
 * figures rest on, everything marked. Ids are made of what they name, so that a later export updates an earlier one.
 * @throws InternalError when the bundle is none, which is a defect.
 */
export function stixOf(told: IncidentCase): StixBundle {
  const { tlp, id } = told.incident;
  const centre = stixId('identity', told.facility);
  const marks = { spec_version: '2.1' as const, object_marking_refs: [TLP_MARKINGS[tlp]] };
  const common = {
    created: milliInstant(told.incident.openedAt),
    modified: milliInstant(told.asOfAt),
    created_by_ref: centre,
    ...marks,
  };
  const incident = stixId('incident', id);
  const observed = observedOf(told, common, marks);
  const relations = observed.data.map(
    (data): StixObject => ({
      type: 'relationship',
      id: stixId('relationship', data.id, incident),
      ...common,
      relationship_type: 'related-to',
      source_ref: data.id,
      target_ref: incident,
    }),
  );
  const bundle = {
    type: 'bundle',
    id: stixId('bundle', id, told.asOf, tlp),
    objects: [
      tlpMarking(tlp),
      {
        type: 'identity',
        id: centre,
        ...common,
        // The centre is older than the case: its object must not seem to change with every export.
        created: '1970-01-01T00:00:00.000Z',
        modified: '1970-01-01T00:00:00.000Z',
        name: told.facility,
        identity_class: 'organization',
      },
      incidentOf(told, incident, common),
      ...observed.objects,
      ...observed.data,
      ...relations,
      ...notesOf(told, incident, common),
    ],
  };
  const parsed = stixBundle.safeParse(bundle);
  if (parsed.success) return parsed.data;
  throw new InternalError(`the STIX bundle of case ${id} is not valid: ${z.prettifyError(parsed.error)}`);
}

type Common = {
  readonly spec_version: '2.1';
  readonly created: string;
  readonly modified: string;
  readonly created_by_ref: string;
  readonly object_marking_refs: string[];
};
type Marks = Pick<Common, 'object_marking_refs' | 'spec_version'>;

function incidentOf(told: IncidentCase, id: string, common: Common): StixObject {
  const { loss, dwell, reportingGap } = told.figures;
  const signals = told.timeline.filter(({ kind }) => kind === 'outside signal');
  const simulated = told.simulated ? ['Simulated: this centre does not exist.'] : [];
  return {
    type: 'incident',
    id,
    ...common,
    name: told.incident.title,
    description: [
      ...simulated,
      `Status: ${told.incident.status}.`,
      `Loss: ${loss.because}.`,
      `Dwell time: ${dwell.because}.`,
      `Reporting gap: ${reportingGap.because}.`,
      `As of entry ${told.asOf} of the journal. ${tlpLabel(told.incident.tlp)}: ${tlpReach(told.incident.tlp)}.`,
    ].join('\n'),
    ...(signals.length > 0
      ? {
          external_references: signals.map(({ by, text, at }) => ({
            source_name: by ?? 'unknown',
            description: `${at.low.slice(0, 10)}: ${text}`,
          })),
        }
      : {}),
  };
}

/** What was seen on the wire, campaign by campaign: the places, and who sent how much to them. */
function observedOf(
  told: IncidentCase,
  common: Common,
  marks: Marks,
): { objects: StixObject[]; data: StixObject[] } {
  const objects = new Map<string, StixObject>();
  const keep = (object: StixObject | undefined): string | undefined => {
    if (object) objects.set(object.id, together(objects.get(object.id), object));
    return object?.id;
  };
  const data = told.campaigns.flatMap(({ id, hosts, destinations, because, bytesOut }): StixObject[] => {
    const rows = told.traffic.filter(
      ({ host, destination }) =>
        (hosts.length === 0 || hosts.includes(host)) && destinations.includes(destination),
    );
    const refs = rows.flatMap((row) => {
      const inside = keep(placeOf(row.host, marks));
      const outside = keep(placeOf(row.destination, marks));
      const traffic = keep(trafficOf(row, inside, outside, marks));
      return [outside, traffic].flatMap((ref) => ref ?? []);
    });
    // Whoever was one of several present is no object of a case: the note says so of them.
    const senders = told.people.filter((person) => person.campaigns.includes(id));
    refs.push(...senders.flatMap(({ principal }) => keep(accountOf(principal, marks)) ?? []));
    const [first] = [...rows].sort((a, b) => (a.firstSeen < b.firstSeen ? -1 : 1));
    const last = [...rows].sort((a, b) => (a.lastSeen < b.lastSeen ? 1 : -1))[0];
    if (!first || !last || refs.length === 0) return [];
    const flows = rows.reduce((sum, each) => sum + each.flows, 0);
    return [
      {
        type: 'observed-data',
        id: stixId('observed-data', told.incident.id, id),
        ...common,
        first_observed: milliInstant(first.firstSeen),
        last_observed: milliInstant(last.lastSeen),
        number_observed: Math.min(Math.max(1, flows), OBSERVED_MAX),
        object_refs: [...new Set(refs)].sort(),
        // No property of STIX carries an interval of bytes.
        x_weir_because: because,
        x_weir_bytes_out: bytesOut,
      },
    ];
  });
  return { objects: [...objects.values()], data };
}

/** An address, a network or an AS; a name is none of them and stays in the notes. */
function placeOf(name: string, marks: Marks): StixObject | undefined {
  const system = /^AS(\d{1,10})$/.exec(name);
  if (system) {
    const number = Number(system[1]);
    return { type: 'autonomous-system', id: observableId('autonomous-system', { number }), number, ...marks };
  }
  const [base = ''] = name.split('/');
  if (!parseAddress(base)) return undefined;
  const type = base.includes(':') ? 'ipv6-addr' : 'ipv4-addr';
  return { type, id: observableId(type, { value: name }), value: name, ...marks };
}

function accountOf(principal: string, marks: Marks): StixObject | undefined {
  if (principal === 'unknown') return undefined;
  const account_login = principal;
  return {
    type: 'user-account',
    id: observableId('user-account', { account_login }),
    account_login,
    ...marks,
  };
}

/** A connection's source is who opened it: what left is then counted on its side of the pair. */
function trafficOf(
  row: CaseTraffic,
  inside: string | undefined,
  outside: string | undefined,
  marks: Marks,
): StixObject | undefined {
  const opened = row.initiator === 'outside';
  const [source, target] = (opened ? [outside, inside] : [inside, outside]).map(asEnd);
  if (source === undefined && target === undefined) return undefined;
  const ends = {
    ...(source === undefined ? {} : { src_ref: source }),
    ...(target === undefined ? {} : { dst_ref: target }),
  };
  const protocols = protocolsOf(row);
  const [start, end] = [milliInstant(row.firstSeen), milliInstant(row.lastSeen)];
  const bytes = Number(row.bytesOut.estimate);
  return {
    type: 'network-traffic',
    id: observableId('network-traffic', { ...ends, protocols, start, end }),
    ...marks,
    ...ends,
    protocols,
    start,
    end,
    ...(Number.isSafeInteger(bytes) ? { [opened ? 'dst_byte_count' : 'src_byte_count']: bytes } : {}),
  };
}

/** Rows that STIX cannot tell apart, such as those of two principals, are one traffic of all their bytes. */
function together(known: StixObject | undefined, object: StixObject): StixObject {
  if (known?.type !== 'network-traffic' || object.type !== 'network-traffic') return object;
  const counts = (['src_byte_count', 'dst_byte_count'] as const).flatMap((name) => {
    const [a, b] = [known[name], object[name]];
    if (a === undefined || b === undefined) return [];
    return Number.isSafeInteger(a + b) ? [[name, a + b]] : [];
  });
  const { src_byte_count: _src, dst_byte_count: _dst, ...rest } = object;
  return { ...rest, ...Object.fromEntries(counts) };
}

/** Traffic ends at an address (STIX 2.1, section 6.12.1): an autonomous system is observed beside it. */
function asEnd(place: string | undefined): string | undefined {
  return place !== undefined && /^ipv[46]-addr--/.test(place) ? place : undefined;
}

/** From the outside in, as STIX lists them: `ipv4`, then the transport where it is known, then the service. */
function protocolsOf({ destination, service }: CaseTraffic): string[] {
  const network = destination.includes(':') ? 'ipv6' : 'ipv4';
  const [transport = '', port] = service.toLowerCase().split('/');
  if (/^(tcp|udp|icmp|sctp)$/.test(transport))
    return port === undefined ? [network, transport] : [network, transport];
  return /^[a-z0-9-]+$/.test(transport) && transport !== 'unknown' ? [network, transport] : [network];
}

/** What people said, what Weir found, and how each figure is made again. */
function notesOf(told: IncidentCase, incident: string, common: Common): StixObject[] {
  const note = (key: string, abstract: string, content: string, authors: readonly string[]): StixObject => ({
    type: 'note',
    id: stixId('note', told.incident.id, key),
    ...common,
    abstract,
    content,
    ...(authors.length > 0 ? { authors: [...authors] } : {}),
    object_refs: [incident],
  });
  const sentences = told.timeline.filter((event) => event.entry !== null && event.kind !== 'outside signal');
  return [
    ...sentences.map((event) =>
      note(
        `entry ${event.entry}`,
        `${event.kind}, ${event.at.estimate}`,
        contentOf(event),
        event.by === null ? [] : [event.by],
      ),
    ),
    ...told.leads.map((lead) =>
      note(`lead ${lead.id}`, `Lead ${lead.id}, ${lead.detectedAt}`, lead.because, []),
    ),
    ...(told.people.length > 0 ? [note('people', 'Who can have sent it', peopleInWords(told), [])] : []),
    note('figures', 'How each figure is made again', commandsOf(told), []),
  ];
}

function peopleInWords({ people }: IncidentCase): string {
  const shown = people.slice(0, PEOPLE_MAX).map(({ principal, bytesOut, oneOf }) => {
    const sure = presenceInWords(principal, { oneOf, low: bytesOut.low });
    return `${principal}: ${intervalInWords(bytesOut)}, ${sure}`;
  });
  const more = people.length - shown.length;
  return [
    'Low: where nobody else is known to have been present. Estimate: with an equal part where several were, which is arithmetic and no suspicion. High: all that they were present at. Presence alone is weak: services and timers open connections too.',
    ...shown,
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('\n');
}

function contentOf({ kind, text }: TimelineEvent): string {
  return text === '' ? kind : text;
}

function commandsOf({ figures, sheet, campaigns }: IncidentCase): string {
  const lines = [
    ['loss', figures.loss.because, figures.loss.command],
    ['observed', figures.observed.because, figures.observed.command],
    ['dwell time', figures.dwell.because, figures.dwell.command],
    ['reporting gap', figures.reportingGap.because, figures.reportingGap.command],
    ...campaigns.map(({ id, bytesOut, command }) => [`campaign ${id}`, intervalInWords(bytesOut), command]),
    ...sheet.rows.map(({ cut, name, command }) => [`what breaks: ${cut} ${name}`, '', command]),
  ];
  return lines.map((parts) => parts.filter(Boolean).join(': ')).join('\n');
}

/** To the millisecond, as STIX wants it; what is finer is cut. */
function milliInstant(instant: string): string {
  return new Date(Date.parse(instant)).toISOString();
}
