/**
 * SQL key of a connection's two ends and protocol over flow columns, the same from either side. Collisions are
 * possible: it only narrows down, equality of the ends decides.
 */
export const TUPLE = 'xor(xor(hash(origHi, origLo, origPort), hash(respHi, respLo, respPort)), hash(proto))';
