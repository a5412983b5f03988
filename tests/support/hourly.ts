import { conn, micros, type ZeekRow } from './zeek-text.ts';

const HOUR_MICROS = 3_600_000_000;

/** Returns ten small connections outward in each hour that is kept, counted from an instant. */
export function hourlyRows(
  from: string,
  hours: number,
  kept: (hour: number) => boolean = () => true,
): ZeekRow[] {
  return Array.from({ length: hours }, (_, hour) => hour)
    .filter(kept)
    .flatMap((hour) =>
      Array.from({ length: 10 }, (_, part) =>
        conn({
          at: micros(from) + hour * HOUR_MICROS + part * 300_000_000,
          uid: `C${hour}p${part}`,
          lasts: 2,
          from: `10.0.0.${part} 40000`,
          sent: 1000,
          got: 10,
        }),
      ),
    );
}
