import { EcsFlat, EcsVersion } from '@elastic/ecs';
import { parseAddress } from '../../src/records/address.ts';

/** The version whose field definitions Elastic publishes in `@elastic/ecs` (Apache License 2.0). */
export const PUBLISHED_ECS_VERSION: string = EcsVersion;

/** What ECS leaves to whoever writes: a field set of its own. */
const OWN = 'weir';

interface Field {
  readonly type: string;
  readonly normalize: readonly string[];
  readonly ignore_above?: number;
  readonly allowed_values?: readonly {
    readonly name: string;
    readonly expected_event_types?: readonly string[];
  }[];
}

const FIELDS = new Map<string, Field>(Object.entries(EcsFlat));

/** Returns what of an event is not as Elastic's field definitions have it, field by field; nothing where all is. */
export function ecsProblems(event: unknown): string[] {
  return [...leaves(event, []), ...typesOfCategories(event)];
}

function leaves(value: unknown, path: readonly string[]): string[] {
  const name = path.join('.');
  if (path[0] === OWN) return [];
  const field = FIELDS.get(name);
  if (field && field.type !== 'object') return valueProblems(name, field, value);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return path[0] === 'labels' && typeof value === 'string' ? [] : [`${name} is no field`];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function valueProblems(name: string, field: Field, value: unknown): string[] {
  const isList = field.normalize.includes('array');
  if (isList !== Array.isArray(value)) return [`${name} must ${isList ? '' : 'not '}be a list`];
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap((each) => {
    if (!TYPES[field.type]?.(each)) return [`${name}: ${JSON.stringify(each)} is no ${field.type}`];
    if (typeof each === 'string' && field.ignore_above !== undefined && each.length > field.ignore_above)
      return [`${name} is longer than ${field.ignore_above} characters: it would not be found`];
    const allowed = field.allowed_values?.map((one) => one.name);
    return allowed && !allowed.includes(String(each)) ? [`${name}: ${each} is none of its values`] : [];
  });
}

const isText = (value: unknown) => typeof value === 'string';
const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  keyword: isText,
  constant_keyword: isText,
  wildcard: isText,
  match_only_text: isText,
  date: (value) => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value),
  ip: (value) => typeof value === 'string' && parseAddress(value) !== undefined,
  long: (value) => Number.isInteger(value),
  float: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
};

/** A type of event that none of its categories expects. */
function typesOfCategories(event: unknown): string[] {
  const { category = [], type = [] } =
    (event as { event?: { category?: string[]; type?: string[] } }).event ?? {};
  const expected = FIELDS.get('event.category')?.allowed_values?.filter(({ name }) =>
    category.includes(name),
  );
  return type.flatMap((each) =>
    expected?.every(({ expected_event_types }) => expected_event_types?.includes(each))
      ? []
      : [`event.type ${each} is not expected of ${category.join(', ')}`],
  );
}
