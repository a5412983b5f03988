import { z } from 'zod';
import type { AccessKeys } from '../../facility/facility.ts';
import type { LogFormat, Recognised } from '../format.ts';
import type { Field } from '../relation.ts';
import { jsonRelation } from '../relation.ts';
import { ZONED_TIME, zonedTime, zoneNeeds } from '../zoned-time.ts';
import { accessRule } from './access-rule.ts';

/** The keys go with the layout: a chunk's lines are of one sensor. */
const KEYS: z.ZodType<AccessKeys> = z.object({
  time: z.string(),
  principal: z.string().optional(),
  job: z.string().optional(),
  host: z.string().optional(),
  path: z.string().optional(),
  operation: z.string().optional(),
  bytesRead: z.string().optional(),
  bytesWritten: z.string().optional(),
});

/** JSON lines of any store that tells accesses, one to a line; weir.yaml says which key is what. Never guessed. */
export const accessJson: LogFormat = {
  name: 'access-json',
  title: 'JSON lines of accesses',
  recognise({ stated, sensor, keys: found, objects }): Recognised | undefined {
    if (!stated || found.length === 0) return undefined;
    const keys = sensor?.keys;
    const layout = { source: 'access-json', encoding: 'ndjson', fields: found } as const;
    if (keys) {
      const times = objects.map((object) => object[keys.time]);
      return { layout: { ...layout, variant: JSON.stringify(keys) }, needs: zoneNeeds(times) };
    }
    const refused = `${accessJson.title} do not say which key is what; sensor ${sensor?.name ?? ''}: state \`keys:\` in weir.yaml`;
    return { layout, refused };
  },
  reading: ({ variant }) => {
    const keys = KEYS.parse(JSON.parse(variant ?? '{}'));
    const wanted = Object.values(keys).filter((key) => key !== undefined);
    const of = (field: Field, key: string | undefined) => (key === undefined ? 'NULL::VARCHAR' : field(key));
    const operation = (field: Field) =>
      keys.operation === undefined ? `'read'` : `lower(${field(keys.operation)})`;
    return {
      source: 'access-json',
      relation: (path, rejects) => jsonRelation(path, [...new Set(wanted)], rejects),
      shown: 'left(line, 1000)',
      notValid: 'not a JSON object',
      streamOf: (field) =>
        `CASE WHEN ${operation(field)} IN ('read', 'write', 'open') THEN 'access' ELSE ${operation(field)} END`,
      streams: {
        access: {
          rule: (field, { name, timezone }) =>
            accessRule(
              {
                texts: { t_time: of(field, keys.time), t_operation: operation(field) },
                startedAt: zonedTime('t_time', timezone),
                time: { text: 't_time', column: keys.time, expected: ZONED_TIME },
                principal: of(field, keys.principal),
                jobId: of(field, keys.job),
                hostName: of(field, keys.host),
                path: of(field, keys.path),
                operation: 't_operation',
                bytesRead: { text: of(field, keys.bytesRead), column: keys.bytesRead ?? 'bytesRead' },
                isBound: `t_operation = 'open'`,
                bytesWritten: {
                  text: of(field, keys.bytesWritten),
                  column: keys.bytesWritten ?? 'bytesWritten',
                },
              },
              name,
            ),
        },
      },
    };
  },
};
