import { conn, zeekTsv } from '../support/zeek-text.ts';

const HOUR = 3_600_000_000;
/** The first moment of the log, microseconds since 1970. */
export const START = Date.parse('2026-03-01T00:00:00Z') * 1000;

/** Returns a log of six connections an hour; each sends 1,000 B outward and the outside pulls 500,000 B over another. */
export function border(hours: number): string {
  const rows = Array.from({ length: hours }, (_, hour) =>
    [0, 1, 2, 3, 4, 5].flatMap((part) => {
      const at = START + hour * HOUR + part * 600_000_000;
      const uid = `C${hour}x${part}`;
      return [
        conn({
          at,
          uid: `${uid}a`,
          lasts: 5,
          from: `10.0.0.${part + 1} 40000`,
          to: '198.51.100.7 443',
          sent: 1000,
          got: 20,
        }),
        conn({
          at,
          uid: `${uid}b`,
          lasts: 5,
          from: '203.0.113.9 50000',
          to: `10.0.0.${part + 1} 22`,
          sent: 30,
          got: 500_000,
        }),
      ];
    }),
  ).flat();
  return zeekTsv(rows);
}
