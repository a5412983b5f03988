import { commitFacts, type FactWords } from '../support/identity-facts.ts';
import { type PlainCell, testLedger } from '../support/ledgers.ts';
import { type ConnWords, conn, zeekTsv } from '../support/zeek-text.ts';

/** A centre of a login node or two, a node, a data server, a pool and a relay. */
export const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8], remoteAccess: [10.200.0.0/16], relays: [10.9.9.9] }
paths:
  - { name: border, capacityGbps: 100, sensors: [zeek] }
  - { name: vpn, capacityGbps: 10, gateways: [10.0.0.250], sensors: [zeek] }
hosts:
  - { name: login1, addresses: [10.0.0.1, 10.0.1.1] }
  - { name: login2, addresses: [10.0.0.2] }
  - { name: cn001, addresses: [10.0.0.11] }
  - { name: dtn.example.org, addresses: [10.0.0.40] }
  - { name: proxy, addresses: [10.9.9.9] }
`;

/** Returns a ledger of some connections and of what other logs say of who was where. */
export async function attributed(conns: readonly ConnWords[], facts: Parameters<typeof commitFacts>[1]) {
  const ledger = testLedger(YAML);
  await commitFacts(ledger, facts);
  await ledger.importFiles({
    'conn.log': zeekTsv(conns.map((each, index) => conn({ uid: `C${index}`, lasts: 1, ...each }))),
  });
  return ledger;
}

/** Returns who the cells name, on what basis and beside how many others, with the bytes out. */
export function named(cells: readonly PlainCell[]): string[] {
  return cells
    .filter(({ out }) => out > 0n)
    .map(({ principal, basis, present, out }) => `${principal} by ${basis} (${present}): ${out}`)
    .sort();
}

/** Returns an instant of the day that the tests are about. */
export const day = (time: string) => `2026-03-02T${time}Z`;
/** Returns a login on login1 from outside. */
export const login = (words: FactWords): FactWords => ({ server: 'login1', outer: '203.0.113.7', ...words });
