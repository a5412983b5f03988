import type { TriedFile, TryAnswer } from '../../operations/answers/try.ts';
import { safeText } from './safe-text.ts';
import { renderTable } from './table.ts';
import { counted, formatExact } from './units.ts';

/** Returns what Weir makes of the beginnings of files, for a person. */
export function tryText({ files, more }: TryAnswer): string {
  const rest = more > 0 ? [`… and ${counted(more, 'more file')}; name them to look at them.\n`] : [];
  return [...files.map(fileText), ...rest, 'Nothing was written. weir import reads all of it.\n'].join('\n');
}

function fileText(file: TriedFile): string {
  const { status, reason, sensor, logs, lines, whole } = file;
  const head = `${safeText(file.file)}\n`;
  const why = safeText(reason ?? 'nothing that Weir reads');
  if (status === 'failed') return `${head}  cannot be read: ${why}\n`;
  if (status === 'left-alone') return `${head}  left alone: ${why}\n`;
  const what = logs.map(
    ({ source, accepted, rejected }) =>
      `${safeText(source)} (${formatExact(accepted)} taken${rejected > 0 ? `, ${formatExact(rejected)} rejected` : ''})`,
  );
  const alone = file.leftAlone.map(
    ({ what: name, lines: count }) => `${safeText(name)} (${formatExact(count)})`,
  );
  return [
    head,
    `  read as ${what.join(', ') || 'nothing'}; ${whole ? 'all' : 'the first'} ${counted(lines, 'line')}\n`,
    `  sensor ${safeText(sensor)}: ${settingsText(file.settings)}\n`,
    alone.length > 0 ? `  left alone: ${alone.join(', ')}\n` : '',
    ...file.records.map(
      ({ family, records, columns, rows }) =>
        `\n  ${family}, ${rows.length < records ? `the first ${rows.length} of ${formatExact(records)}` : formatExact(records)}:\n${indented(
          renderTable(
            columns.map((title) => ({ title })),
            rows.map((row) => row.map(cellText)),
          ),
        )}`,
    ),
    rejectsText(file.rejects),
  ].join('');
}

function settingsText({
  format,
  timezone,
  year,
  samplingRate,
  samplingScaled,
  host,
  others,
}: TriedFile['settings']): string {
  const said = [
    format === null ? '' : `format ${safeText(format)}`,
    timezone === null ? '' : `timezone ${safeText(timezone)}`,
    year === null ? '' : `year ${year}`,
    samplingRate === null
      ? ''
      : `samplingRate ${samplingRate}${samplingScaled ? ', scaled by the exporter' : ''}`,
    host === null ? '' : `host ${safeText(host)}`,
    ...others.map((name) => `its ${name}`),
  ].filter((part) => part !== '');
  return said.length === 0 ? 'weir.yaml states no settings' : said.join(', ');
}

function cellText(value: TriedFile['records'][number]['rows'][number][number]): string {
  if (value === null) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function rejectsText(rejects: TriedFile['rejects']): string {
  if (rejects.length === 0) return '';
  const rows = rejects.map(({ line, column, reason, text }) => {
    const shown = text === null ? '' : `\n      ${safeText(text.slice(0, 200))}`;
    return `    line ${line}${column === null ? '' : `, ${safeText(column)}`}: ${safeText(reason)}${shown}\n`;
  });
  return `\n  rejected, the first:\n${rows.join('')}`;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}
