import { LISTED_SESSION_MICROS, LONGEST_SILENCE_MICROS, OPEN_SESSION_MICROS } from './identity.ts';

/** SQL for lines of sessions with `since`, `upTo` (when the line was true) and what they have in common with others. */
const LINES = `SELECT * EXCLUDE (startedAt, endedAt, observedAt), startedAt AS since,
    greatest(startedAt, endedAt, observedAt) AS upTo, coalesce(server, '') AS served FROM identity_session`;

/** An end that knows the client's port ends the session that began there, whichever process wrote it under what uid. */
const PORTED_END = `(event = 'end' AND outerPort IS NOT NULL)`;
const SESSION_LINES = `
  SELECT * FROM (${LINES}) WHERE NOT ${PORTED_END}
  UNION ALL BY NAME
  SELECT e.* REPLACE (CASE WHEN e.upTo - b.since <= ${LONGEST_SILENCE_MICROS} THEN b.uid ELSE e.uid END AS uid)
  FROM (SELECT * FROM (${LINES}) WHERE ${PORTED_END}) e
  ASOF LEFT JOIN (SELECT sensor, kind, served, outerHi, outerLo, outerPort, since, min(uid) AS uid FROM (${LINES})
      WHERE event = 'begin' AND uid IS NOT NULL AND outerPort IS NOT NULL GROUP BY ALL) b
    ON e.sensor = b.sensor AND e.kind = b.kind AND e.served = b.served AND e.outerHi = b.outerHi AND e.outerLo = b.outerLo
      AND e.outerPort = b.outerPort AND e.upTo >= b.since`;

/** What a session's lines have in common: its uid at its server, else the identity and where it came from. */
const SESSION_KEY = `sensor, kind, served, coalesce(uid, concat_ws(' ', '-', principal, outerHi, outerLo, outerPort))`;

/** Lines in the order in which they were true; of one moment the begin comes first and the end last. */
const LINE_ORDER = `upTo, CASE event WHEN 'begin' THEN 0 WHEN 'snapshot' THEN 1 ELSE 2 END, since, principal, outerLo, assignedLo, assigned6Lo`;

/** What one line of a session says holds for the others: the nearest before that says it, or one of the same moment. */
const CARRIED = [
  'principal',
  'outerHi',
  'outerLo',
  'outerPort',
  'assignedHi',
  'assignedLo',
  'assigned6Hi',
  'assigned6Lo',
  'server',
];

/** SQL for lines of sessions beside those before and after them; `opens` tells the first of a session. */
const NEIGHBOURS = `
  SELECT *, lead(since) OVER lines AS nextSince, lag(upTo) OVER lines AS beforeUpTo,
    coalesce(event = 'begin' OR lag(event) OVER lines = 'end' OR since - lag(upTo) OVER lines > ${LONGEST_SILENCE_MICROS}, true) AS opens
  FROM (${SESSION_LINES}) WINDOW lines AS (PARTITION BY ${SESSION_KEY} ORDER BY ${LINE_ORDER})`;

/**
 * SQL for sessions as stretches of time, one for each line. Lines of one session join; what is open lasts a day after its
 * begin and ten minutes after the last listing, at most to the next begin under the same key, until its end is known.
 */
export const SESSION_STRETCHES = `
  SELECT sensor, kind, event, since AS loggedSince,
    ${CARRIED.map((name) => `coalesce(${name}, last_value(${name} IGNORE NULLS) OVER said) AS ${name}`).join(', ')},
    CASE WHEN opens THEN since ELSE least(since, beforeUpTo) END AS since,
    CASE WHEN event = 'end' THEN upTo ELSE greatest(upTo, least(
      upTo + CASE WHEN event = 'snapshot' AND upTo > since THEN ${LISTED_SESSION_MICROS} ELSE ${OPEN_SESSION_MICROS} END,
      coalesce(nextSince, ${Number.MAX_SAFE_INTEGER}))) END AS until
  FROM (SELECT *, sum(opens::INTEGER) OVER (PARTITION BY ${SESSION_KEY} ORDER BY ${LINE_ORDER} ROWS UNBOUNDED PRECEDING) AS session
    FROM (${NEIGHBOURS}))
  WINDOW said AS (PARTITION BY ${SESSION_KEY}, session ORDER BY upTo
    RANGE BETWEEN ${LONGEST_SILENCE_MICROS} PRECEDING AND CURRENT ROW)`;
