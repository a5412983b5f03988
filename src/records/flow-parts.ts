/**
 * What a flow record is of its connection, where it is no whole: it stands in `state`. Parts are added up; whole records
 * between the same ends at the same time are copies of each other.
 */
export const FLOW_PARTS = {
  /** Both directions, of a part of the connection's time. */
  bothWays: 'part',
  /** One direction, of a part of its time, and nothing of who opened it: NetFlow and its kin. */
  oneWay: 'one-way',
} as const;

/** SQL over flow columns that tells parts which no identifier joins. The range lets readers skip files without any. */
export const IS_PART = `(uid IS NULL AND state >= '${FLOW_PARTS.oneWay}' AND state <= '${FLOW_PARTS.bothWays}')`;

/**
 * In `state` of flows that stand for a packet which a firewall logged: that the connection was there, and no count of it. Whoever
 * writes nothing else watches nothing.
 */
export const LOGGED_PACKET = 'packet';
