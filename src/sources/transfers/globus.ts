import { z } from 'zod';
import { sqlText } from '../../records/sql-text.ts';
import type { FirstLines, LogFormat, Reading, Recognised, SensorSettings } from '../format.ts';
import { objectPerLine } from '../json-documents.ts';
import type { FormatLayout } from '../layout.ts';
import type { RecordRule } from '../record.ts';
import { type Field, jsonRelation } from '../relation.ts';
import { raggedRelation } from '../text-relation.ts';
import { ZONED_TIME, zonedTime, zoneNeeds } from '../zoned-time.ts';
import { transferRule } from './transfer-rule.ts';

/** Names of the Transfer API; CSV may write them with blanks and capitals. */
const FIELDS = [
  'task_id',
  'type',
  'status',
  'owner_id',
  'owner_string',
  'username',
  'source_endpoint',
  'source_endpoint_id',
  'source_endpoint_display_name',
  'destination_endpoint',
  'destination_endpoint_id',
  'destination_endpoint_display_name',
  'request_time',
  'completion_time',
  'bytes_transferred',
  'label',
];
const TELLING = ['task_id', 'request_time', 'completion_time', 'bytes_transferred'];
const END_NAMES = ['endpoint', 'endpoint_id', 'endpoint_display_name'];

/** What the tasks' ends are called in weir.yaml goes with the layout: it decides which tasks stay inside. */
const ENDPOINTS = z.array(z.string());

/** Tasks of Globus Transfer, as JSON (an array or lines) or CSV. A task is one transfer from one end to another. */
export const globus: LogFormat = {
  name: 'globus',
  title: 'Globus task export',
  recognise(first) {
    const found = ofJson(first) ?? ofCsv(first);
    if (!found || first.sensor === undefined) return found;
    const { name, ownEndpoints } = first.sensor;
    if (ownEndpoints) return { ...found, layout: { ...found.layout, variant: JSON.stringify(ownEndpoints) } };
    const refused =
      found.refused ??
      `${globus.title} does not say which ends of its transfers are the centre's own; sensor ${name}: state \`ownEndpoints:\` in weir.yaml`;
    return { ...found, refused };
  },
  reading: (layout) => {
    const own = ENDPOINTS.parse(JSON.parse(layout.variant ?? '[]'));
    return {
      source: 'globus',
      ...(layout.encoding === 'text' ? csvShape(layout) : jsonShape),
      streamOf: (field) =>
        `CASE WHEN upper(${field('type')}) <> 'TRANSFER' THEN 'other tasks' WHEN ${field('completion_time')} IS NULL THEN 'unfinished'
          WHEN ${isOwn(field, 'source', own)} AND ${isOwn(field, 'destination', own)} THEN 'inside' ELSE 'transfer' END`,
      streams: { transfer: { rule: (field, sensor) => taskRule(field, sensor, own) } },
    };
  },
  rewrites(head) {
    const text = head.toString('latin1');
    if (!/^(?:\xEF\xBB\xBF)?\s*[[{]/.test(text) || !text.includes('"task_id"')) return undefined;
    return text.includes('"bytes_transferred"') ? objectPerLine() : undefined;
  },
};

const jsonShape: Pick<Reading, 'relation' | 'shown' | 'notValid'> = {
  relation: (path, rejects) => jsonRelation(path, FIELDS, rejects),
  shown: 'left(line, 1000)',
  notValid: 'not a JSON object',
};

function csvShape({ fields }: FormatLayout): Pick<Reading, 'relation' | 'shown' | 'notValid'> {
  return {
    relation: (path, rejects) =>
      raggedRelation(path, { fields, separator: ',', least: fields.length }, rejects),
    shown: 'left(line, 1000)',
    notValid: 'fewer fields than the header names',
  };
}

function ofJson({ keys, objects }: FirstLines): Recognised | undefined {
  const layout: FormatLayout = { source: 'globus', encoding: 'ndjson', fields: FIELDS };
  if (keys.includes('DATA') && objects.some(({ DATA }) => JSON.stringify(DATA ?? '').includes('"task_id"'))) {
    const refused = `${globus.title}: a whole answer of the API; write its tasks alone, such as with jq -c '.DATA[]'`;
    return { layout, refused };
  }
  if (!TELLING.every((key) => keys.includes(key))) return undefined;
  const times = objects.flatMap((object) => [object.request_time, object.completion_time]);
  return { layout, needs: zoneNeeds(times) };
}

function ofCsv({ lines }: FirstLines): Recognised | undefined {
  const header = lines.find((line) => line !== '' && !line.startsWith('#')) ?? '';
  const fields = header
    .split(',')
    .map((name) => name.replaceAll('"', '').trim().toLowerCase().replaceAll(' ', '_'));
  if (!TELLING.every((key) => fields.includes(key))) return undefined;
  return { layout: { source: 'globus', encoding: 'text', fields }, headerLines: 1 };
}

/** SQL that holds where an end of a task (`source`, `destination`) is the centre's own. */
function isOwn(field: Field, end: string, own: readonly string[]): string {
  const names = own.map(sqlText).join(', ') || `''`;
  const any = END_NAMES.map((key) => `coalesce(${field(`${end}_${key}`)} IN (${names}), false)`);
  return `(${any.join(' OR ')})`;
}

function taskRule(field: Field, { name, timezone }: SensorSettings, own: readonly string[]): RecordRule {
  const called = (end: string) =>
    field(`${end}_endpoint_display_name`, `${end}_endpoint`, `${end}_endpoint_id`);
  const [isOut, isIn] = [isOwn(field, 'source', own), isOwn(field, 'destination', own)];
  const of = (ours: string, theirs: string) =>
    `CASE WHEN ${isOut} THEN ${called(ours)} ELSE ${called(theirs)} END`;
  return transferRule(
    {
      texts: {
        t_request: field('request_time'),
        t_completion: field('completion_time'),
        t_direction: `CASE WHEN ${isOut} THEN 'out' WHEN ${isIn} THEN 'in' END`,
      },
      startedAt: zonedTime('t_request', timezone),
      endedAt: zonedTime('t_completion', timezone),
      time: { text: 't_completion', column: 'completion_time', expected: ZONED_TIME },
      bytes: { text: field('bytes_transferred'), column: 'bytes_transferred' },
      direction: 't_direction',
      principal: field('username', 'owner_string', 'owner_id'),
      server: of('source', 'destination'),
      peer: of('destination', 'source'),
      path: field('label'),
      protocol: 'globus',
      faults: [
        {
          when: 't_direction IS NULL',
          says: 'source_endpoint: neither end is among `ownEndpoints:` of the sensor in weir.yaml',
        },
      ],
    },
    name,
  );
}
