import type { AssessAnswer } from '../../operations/answers/assess.ts';
import { safeText } from './safe-text.ts';
import { widthOf } from './table.ts';

type Picture = NonNullable<AssessAnswer['picture']>;
type Bar = Picture['bars'][number];

/** Columns that the axis takes. */
const PLOT = 48;
const LABEL = 20;

const HEADINGS: Record<Bar['group'], string> = {
  claimed: 'CLAIMED',
  needed: 'NEEDED to cross, packed to unpacked',
  carried: 'CARRIED in watched time (█ unexplained)',
  possible: 'POSSIBLE at most',
};
const FILL: Record<Bar['group'], string> = { claimed: '━', needed: '▒', carried: '░', possible: '▒' };

/** Returns a picture of bars on a logarithmic axis of bytes for a terminal; `┆` is the least claimed, `▶` has no known end. */
export function pictureText(picture: Picture): string {
  const groups = [...new Set(picture.bars.map(({ group }) => group))];
  const lines = groups.flatMap((group) => [
    `  ${HEADINGS[group]}`,
    ...picture.bars.filter((bar) => bar.group === group).map((bar) => barLine(bar, picture.claimedAt)),
  ]);
  return [axisLine(picture), ...lines].map((line) => `${line.trimEnd()}\n`).join('');
}

function barLine(bar: Bar, claimedAt: number | null): string {
  const from = columnOf(bar.from);
  const to = Math.max(from, columnOf(bar.to));
  const [markFrom, markTo] = [bar.markFrom, bar.markTo].map((at) => (at === null ? null : columnOf(at)));
  const plot = Array.from({ length: PLOT }, (_, column) => {
    if (bar.open && column === PLOT - 1) return '▶';
    if (typeof markFrom === 'number' && typeof markTo === 'number' && column >= markFrom && column <= markTo)
      return '█';
    if (column >= from && column <= to) return FILL[bar.group];
    return claimedAt !== null && column === columnOf(claimedAt) ? '┆' : ' ';
  }).join('');
  return `  ${fitted(safeText(bar.label))} ${plot}  ${safeText(bar.text)}`;
}

/** Writes tick labels where they do not touch each other. */
function axisLine({ ticks }: Picture): string {
  const line = Array.from({ length: PLOT + 8 }, () => ' ');
  let free = 0;
  for (const { at, text } of ticks) {
    const start = columnOf(at);
    if (start < free) continue;
    for (const [index, character] of [...text].entries()) line[start + index] = character;
    free = start + text.length + 2;
  }
  return `  ${' '.repeat(LABEL)} ${line.join('')}`;
}

function columnOf(share: number): number {
  return Math.min(PLOT - 1, Math.max(0, Math.round(share * (PLOT - 1))));
}

function fitted(label: string): string {
  let short = label;
  while (widthOf(short) > LABEL) short = `${[...short].slice(0, short.endsWith('…') ? -2 : -1).join('')}…`;
  return `${short}${' '.repeat(LABEL - widthOf(short))}`;
}
