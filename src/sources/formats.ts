import { InternalError } from '../errors.ts';
import type { Mapping } from '../facility/facility.ts';
import { akvorado } from './akvorado.ts';
import { argus } from './argus.ts';
import { CLOUD_FORMATS } from './clouds/formats.ts';
import { COUNTER_FORMATS } from './counters/formats.ts';
import { conntrack } from './firewalls/conntrack.ts';
import type { LogFormat, Reading } from './format.ts';
import { goflow2 } from './goflow2.ts';
import { JOB_FORMATS } from './jobs/formats.ts';
import type { Layout } from './layout.ts';
import { LEASE_FORMATS } from './leases/formats.ts';
import { mappedReading } from './mapped.ts';
import { nfdump } from './nfdump.ts';
import { OBJECT_FORMATS } from './objects/formats.ts';
import { SESSION_FORMATS } from './sessions/formats.ts';
import { STORAGE_FORMATS } from './storage/formats.ts';
import { suricata } from './suricata.ts';
import { TRANSFER_FORMATS } from './transfers/formats.ts';
import { zeek, zeekTextReading } from './zeek/format.ts';

/** Every log format, in the order in which they are asked whether an input is theirs: the narrowest first. */
export const FORMATS: readonly LogFormat[] = [
  zeek,
  suricata,
  nfdump,
  goflow2,
  akvorado,
  argus,
  ...CLOUD_FORMATS,
  conntrack,
  ...COUNTER_FORMATS,
  ...LEASE_FORMATS,
  ...OBJECT_FORMATS,
  ...TRANSFER_FORMATS,
  ...JOB_FORMATS,
  ...STORAGE_FORMATS,
  ...SESSION_FORMATS,
];

/** Returns how lines under a layout become records. @throws InternalError when no format made the layout. */
export function readingOf(layout: Layout, mappings: readonly Mapping[]): Reading {
  if (layout.encoding === 'tsv') return zeekTextReading(layout);
  if ('mapping' in layout) {
    const mapping = mappings.find(({ name }) => name === layout.mapping);
    if (!mapping) throw new InternalError(`no mapping ${layout.mapping} for a chunk`);
    return mappedReading(layout, mapping);
  }
  const format = FORMATS.find(({ name }) => name === layout.source);
  if (!format) throw new InternalError(`no format ${layout.source} for a chunk`);
  return format.reading(layout);
}
