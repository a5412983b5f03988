/** A picture of losses: for each case a line from median to 90th percentile, Weir above the best other rule. */

import type { Found } from './found.ts';
import { bestRival, terabytes } from './report.ts';
import type { Loss } from './summary.ts';

const WIDTH = 860;
const LEFT = 300;
const RIGHT = 30;
const ROW = 34;
const TOP = 46;

/** Returns an SVG. Bytes are on a logarithmic axis; a hollow dot is a method that found less than half. */
export function picture(found: Found): string {
  const rivals = found.cases.map((_, i) => bestRival(found, i).loss);
  const all = found.cases.flatMap(({ losses, takenBytes }, i) =>
    [losses[0] as Loss, rivals[i] as Loss].flatMap(({ medianBytes, ninetiethBytes }) => [
      medianBytes,
      ninetiethBytes,
      takenBytes,
    ]),
  );
  const low = Math.floor(Math.log10(Math.max(1e9, Math.min(...all))));
  const high = Math.ceil(Math.log10(Math.max(...all)));
  const x = (bytes: number) =>
    LEFT + ((Math.log10(Math.max(bytes, 10 ** low)) - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
  const height = TOP + found.cases.length * ROW + 34;
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  const bottom = TOP + found.cases.length * ROW;
  const axis = ticks.map(
    (tick) =>
      `<line x1="${x(tick)}" x2="${x(tick)}" y1="${TOP - 6}" y2="${bottom}" stroke="#ddd"/><text x="${x(tick)}" y="${bottom + 18}" text-anchor="middle">${terabytes(tick)} TB</text>`,
  );
  const mark = (loss: Loss, y: number, colour: string) =>
    `<line x1="${x(loss.medianBytes)}" x2="${x(loss.ninetiethBytes)}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="3"/><circle cx="${x(loss.medianBytes)}" cy="${y}" r="5" stroke="${colour}" stroke-width="2" fill="${loss.share >= 0.5 ? colour : '#fff'}"/>`;
  const rows = found.cases.map(({ what, losses, takenBytes }, i) => {
    const y = TOP + i * ROW + 10;
    const name = what.name.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    return `<text x="${LEFT - 12}" y="${y + 8}" text-anchor="end">${name}</text><line x1="${x(takenBytes)}" x2="${x(takenBytes)}" y1="${y - 5}" y2="${y + 15}" stroke="#999" stroke-dasharray="2 2"/>${mark(losses[0] as Loss, y, '#0b6e4f')}${mark(rivals[i] as Loss, y + 11, '#b5651d')}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img"><title>Bytes lost before detection, ${found.generator}</title><rect width="100%" height="100%" fill="#fff"/><circle cx="24" cy="18" r="5" fill="#0b6e4f"/><text x="36" y="22">Weir</text><circle cx="104" cy="18" r="5" fill="#b5651d"/><text x="116" y="22">best other rule of the row; line to the 90th percentile, dashes: all that was taken, hollow: found in under half</text>
${axis.join('\n')}
${rows.join('\n')}
</svg>
`;
}
