/**
 * Lists of nodes as schedulers write them: `cn[001-016,020],gpu[1-2]`. What they name is worked out in the engine, from
 * the text of a log, so it is bounded: a list may name many more nodes than it has letters.
 */

/** The largest machines have fewer nodes; a longer list is none. */
const MOST_NODES = 50_000;
/** Groups of brackets in one name (`r[1-4]c[0-7]n[1-2]`). */
const MOST_GROUPS = 4;

/** SQL for the names of a list with their brackets, as a list of texts. */
export function nodeNames(text: string): string {
  return `regexp_extract_all(${text}, '(?:[^,\\[\\]]|\\[[^\\[\\]]*\\])+')`;
}

/** SQL that holds for a list that is none: brackets left open, ranges that run backwards, or too many nodes. */
export function notNodes(text: string): string {
  const group = '\\[\\d{1,9}(?:-\\d{1,9})?(?:,\\d{1,9}(?:-\\d{1,9})?)*\\]';
  const name = `(?:[^,\\[\\]\\s]|${group})+`;
  const shape = `NOT coalesce(regexp_full_match(${text}, '${name}(?:,${name})*'), false)`;
  return `(${shape} OR coalesce(${nodeCount(text)}, ${MOST_NODES} + 1) > ${MOST_NODES})`;
}

/** SQL for the number of nodes: for each name the product over its groups of the sums of their ranges. */
function nodeCount(text: string): string {
  const size = `(CASE WHEN contains(r, '-') THEN
      CASE WHEN TRY_CAST(split_part(r, '-', 2) AS BIGINT) >= TRY_CAST(split_part(r, '-', 1) AS BIGINT)
        THEN TRY_CAST(split_part(r, '-', 2) AS BIGINT) - TRY_CAST(split_part(r, '-', 1) AS BIGINT) + 1 ELSE 1e15 END
    ELSE 1 END)::DOUBLE`;
  const ofGroup = `list_sum(list_transform(string_split(g, ','), lambda r: ${size}))`;
  const groups = `regexp_extract_all(n, '\\[([^\\[\\]]*)\\]', 1)`;
  const ofName = `CASE WHEN len(${groups}) > ${MOST_GROUPS} THEN 1e15
    ELSE list_product(list_concat([1.0::DOUBLE], list_transform(${groups}, lambda g: ${ofGroup}))) END`;
  return `list_sum(list_transform(${nodeNames(text)}, lambda n: ${ofName}))`;
}

/**
 * SQL for the names of a list's nodes with every bracket expanded, separated by commas. The text must have passed
 * `notNodes`: callers give NULL where it did not.
 */
export function expandedNodes(text: string): string {
  let names = nodeNames(text);
  for (let group = 0; group < MOST_GROUPS; group += 1) {
    names = `flatten(list_transform(${names}, lambda n${group}: ${firstGroup(`n${group}`, group)}))`;
  }
  return `array_to_string(${names}, ',')`;
}

/** SQL for the list of names that the first group of brackets of a name stands for. */
function firstGroup(name: string, depth: number): string {
  const [r, v] = [`r${depth}`, `v${depth}`];
  const [from, to] = [`split_part(${r}, '-', 1)`, `split_part(${r}, '-', 2)`];
  // Leading zeros are part of a name: as many digits as the first of a range has.
  const number = `lpad(${v}::VARCHAR, greatest(length(${from}), length(${v}::VARCHAR))::INTEGER, '0')`;
  const range = `CASE WHEN contains(${r}, '-')
    THEN list_transform(range(${from}::BIGINT, ${to}::BIGINT + 1), lambda ${v}: ${number}) ELSE [${r}] END`;
  const inside = `split_part(substr(${name}, instr(${name}, '[') + 1), ']', 1)`;
  const before = `split_part(${name}, '[', 1)`;
  const behind = `substr(${name}, instr(${name}, ']') + 1)`;
  const values = `flatten(list_transform(string_split(${inside}, ','), lambda ${r}: ${range}))`;
  const w = `w${depth}`;
  return `CASE WHEN contains(${name}, '[') THEN list_transform(${values}, lambda ${w}: ${before} || ${w} || ${behind}) ELSE [${name}] END`;
}
