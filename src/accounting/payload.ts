/**
 * Counters lie (docs/accounting.md, rule 5). What payload one direction of a record can have carried, as SQL
 * over its columns: an estimate, the least and the most. Nothing is zeroed for its connection state.
 */
export interface Payload {
  readonly estimate: string;
  readonly low: string;
  readonly high: string;
  /** Name of the correction made, NULL when the record was taken as it is. */
  readonly correction: string;
}

/**
 * SQL that holds for records whose counters need no second look in either direction: what they say is the estimate,
 * the least and the most. Nearly all are; it spares them the rules of `payloadOf`.
 */
export function isPlainSql(mostBytes: string): string {
  const plain = ({ bytes, ipBytes, packets, dataLetters }: Direction) =>
    // Of one type: signed and unsigned are compared as 128 bits.
    `${bytes} <= ${ipBytes} AND ${bytes} <= ${mostBytes}::UBIGINT AND (${bytes} = 0 OR proto <> 'tcp' ` +
    `OR ${ipBytes} > coalesce(${packets}, 0) * ${MOST_HEADERS} OR contains(history, '${dataLetters.charAt(0)}'))`;
  return `coalesce(${plain(ORIGINATOR)} AND ${plain(RESPONDER)}, false)`;
}

/** Every correction accounting makes to a record's counters, in words. */
export const CORRECTIONS: Readonly<Record<string, string>> = {
  headersOnly: 'TCP without a data packet whose IP bytes are all headers carries no payload',
  aboveIpBytes:
    'payload above IP bytes and nothing missed: a lying counter, capped at what the IP bytes can hold',
  missedBytes: 'payload above IP bytes with bytes the sensor missed: an interval',
  fromIpBytes: 'no payload counter: an interval from IP bytes and packets',
  aboveCapacity: 'more than the path can carry in the time: capped',
};

/** Smallest IP and transport headers of one packet, bytes. */
const LEAST_TCP_HEADERS = 40;
const LEAST_OTHER_HEADERS = 28;
/** Largest IP and transport headers of one packet, bytes. */
const MOST_HEADERS = 120;

/** One direction of a record: the columns it is counted in, and the history letters that mean data. */
export interface Direction {
  readonly bytes: string;
  readonly ipBytes: string;
  readonly packets: string;
  readonly dataLetters: string;
}

/** From the originator to the responder. */
export const ORIGINATOR: Direction = {
  bytes: 'origBytes',
  ipBytes: 'origIpBytes',
  packets: 'origPackets',
  dataLetters: 'DTG',
};

/** From the responder to the originator. */
export const RESPONDER: Direction = {
  bytes: 'respBytes',
  ipBytes: 'respIpBytes',
  packets: 'respPackets',
  dataLetters: 'dtg',
};

/**
 * Returns the payload of one direction. `mostBytes` is SQL for what the path can carry in the record's
 * duration; nothing exceeds it.
 */
export function payloadOf({ bytes, ipBytes, packets, dataLetters }: Direction, mostBytes: string): Payload {
  const leastHeaders = `coalesce(${packets}, 0) * (CASE WHEN proto = 'tcp' THEN ${LEAST_TCP_HEADERS} ELSE ${LEAST_OTHER_HEADERS} END)`;
  const mostHeaders = `coalesce(${packets}, ${ipBytes}) * ${MOST_HEADERS}`;
  const content = `greatest(${ipBytes}::BIGINT - (${leastHeaders})::BIGINT, 0)`;
  const leastContent = `greatest(${ipBytes}::BIGINT - (${mostHeaders})::BIGINT, 0)`;
  // The cheap comparison first: the pattern is only tried on flows of nothing but small packets.
  const noData =
    `coalesce(${ipBytes} <= coalesce(${packets}, 0) * ${MOST_HEADERS} AND proto = 'tcp' ` +
    `AND NOT regexp_matches(history, '[${dataLetters}]'), false)`;
  const kind = `CASE
    WHEN ${bytes} IS NULL AND ${ipBytes} IS NULL THEN NULL
    WHEN ${noData} THEN CASE WHEN ${bytes} > 0 THEN 'headersOnly' END
    WHEN ${bytes} IS NULL THEN 'fromIpBytes'
    WHEN ${bytes} > ${ipBytes} THEN CASE WHEN missedBytes > 0 THEN 'missedBytes' ELSE 'aboveIpBytes' END
    END`;
  const choose = (missed: string, lying: string, unset: string) => `(CASE
    WHEN ${bytes} <= ${ipBytes} AND NOT (${bytes} > 0 AND ${noData}) THEN ${bytes}::BIGINT
    WHEN ${ipBytes} IS NULL THEN coalesce(${bytes}, 0)::BIGINT
    WHEN ${noData} THEN 0
    WHEN ${bytes} IS NULL THEN ${unset}
    WHEN missedBytes > 0 THEN ${missed}
    ELSE ${lying} END)`;
  const most = `least(${bytes}, ${ipBytes} + missedBytes)::BIGINT`;
  const capped = (value: string) => `least(${value}, ${mostBytes})`;
  const high = choose(most, content, content);
  return {
    estimate: capped(choose(most, content, content)),
    low: capped(choose(leastContent, leastContent, leastContent)),
    high: capped(high),
    correction: `CASE WHEN ${high} > ${mostBytes} THEN 'aboveCapacity' ELSE ${kind} END`,
  };
}
