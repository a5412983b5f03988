import { safeText } from './safe-text.ts';

/** A column of a table: its heading, and on which side its cells line up. */
export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Cells are never cut, for the last column. */
  readonly whole?: boolean;
}

/** A cell is never wider than this; more is cut in the middle, because both ends of a name tell it apart. */
const CELL_WIDTH_MAX = 64;
/** East Asian wide and fullwidth characters and emoji take two places on a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/gu;

/** Returns lines with their columns aligned, two spaces apart, everything escaped for a terminal. */
export function renderTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const safe = rows.map((row) =>
    columns.map(({ whole }, index) => {
      const text = safeText(row[index] ?? '');
      return whole ? text : cut(text);
    }),
  );
  const widths = columns.map(({ title }, index) =>
    safe.reduce((most, row) => Math.max(most, widthOf(row[index] ?? '')), widthOf(title)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => {
        const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(cell)));
        return columns[index]?.align === 'right' ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...safe.map(line)].map((each) => `${each}\n`).join('');
}

/** Returns how many places a text takes on a terminal. */
export function widthOf(text: string): number {
  return [...text.replace(/\p{M}/gu, '')].length + (text.match(WIDE)?.length ?? 0);
}

function cut(text: string): string {
  const characters = [...text];
  if (characters.length <= CELL_WIDTH_MAX) return text;
  const half = Math.floor((CELL_WIDTH_MAX - 1) / 2);
  return `${characters.slice(0, half).join('')}…${characters.slice(-half).join('')}`;
}
