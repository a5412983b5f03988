import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { testLedger } from '../support/ledgers.ts';
import type { Sample } from './sample.ts';

/**
 * What happens to every log somewhere: cut at any byte, values and fields wrong, more or missing, line ends mixed, bytes
 * that are no text. Nothing of it may crash, be dropped in silence or take a neighbouring line with it.
 */

/** Each variant is of a sensor of its own: of one sensor's, one would be known as the beginning of another. */
async function importVariants(sample: Sample, variants: Readonly<Record<string, string | Buffer>>) {
  const names = Object.keys(variants);
  const settings = sample.settings === '' ? '' : `, ${sample.settings}`;
  const sensors = names.map((name) => `  - { name: "${name}", files: "${name}.*"${settings} }`);
  const ledger = testLedger(`
facility: { name: Test Centre }
networks: { inside: [192.0.2.0/24, "2001:db8::/48"] }
paths: [{ name: border, capacityGbps: 100, sensors: [${names.map((name) => `"${name}"`).join(', ')}] }]
sensors:
${sensors.join('\n')}
`);
  // Compressed, so that a last line without its end is not waited for.
  const files = Object.fromEntries(
    Object.entries(variants).map(([name, text]) => [`${name}.log.gz`, gzipSync(text)]),
  );
  const { answer } = await ledger.importFiles(files);
  return names.map((name) => {
    const isIts = ({ file }: { file: string }) => basename(file) === `${name}.log.gz`;
    const rows = answer.commits.filter(isIts);
    const sum = (of: 'lines' | 'accepted' | 'rejected' | 'comments') =>
      rows.reduce((total, row) => total + row[of], 0);
    return {
      name,
      rows,
      lines: sum('lines'),
      accepted: sum('accepted'),
      rejected: sum('rejected'),
      comments: sum('comments'),
      leftAlone: answer.leftAlone.filter(isIts).reduce((total, { lines }) => total + lines, 0),
      columns: answer.rejects.filter(isIts).map(({ column }) => column),
    };
  });
}

function replaced(text: string, { from, to }: { from: string; to: string }): string {
  if (!text.includes(from)) throw new Error(`the sample does not hold ${from}`);
  return text.replace(from, () => to);
}

/** Runs samples of formats through everything that goes wrong with logs; a few to a file, for they take time. */
export function testBadInput(samples: readonly Sample[]): void {
  describe.each(samples)('$name', (sample) => {
    const { text, records } = sample;

    test('cut at any byte: what stood before counts, and every line is accounted for', async () => {
      const size = Buffer.byteLength(text);
      const ends = [...text.matchAll(/\n/g)].map(({ index }) => index);
      const step = Math.max(1, Math.floor(size / 9));
      const places = [
        ...new Set([
          ...Array.from({ length: Math.floor(size / step) }, (_, index) => index * step),
          ...ends.slice(-4).flatMap((end) => [end, end + 1]),
        ]),
      ];
      const variants = Object.fromEntries(places.map((at) => [`cut-${at}`, text.slice(0, at)]));
      const found = await importVariants(sample, variants);
      const whole = found.find(({ name }) => name === `cut-${size}`);
      expect(whole).toMatchObject({ accepted: records, rejected: 0 });
      for (const each of found) {
        expect(each.accepted, each.name).toBeLessThanOrEqual(records);
        expect(each.rejected, each.name).toBeLessThanOrEqual(1);
        expect(each.lines, each.name).toBe(each.accepted + each.rejected + each.comments);
      }
      // The more there is of it, the more counts.
      const counts = [...found].sort((a, b) => Number(a.name.slice(4)) - Number(b.name.slice(4)));
      expect(counts.map(({ accepted }) => accepted)).toEqual(
        counts.map(({ accepted }) => accepted).sort((a, b) => a - b),
      );
    });

    test('a wrong value or a missing field rejects its record alone, and names the column', async () => {
      const variants = Object.fromEntries(
        sample.wrong.map((wrong, index) => [`wrong-${index}`, replaced(text, wrong)]),
      );
      const found = await importVariants(sample, variants);
      expect(found.map(({ accepted, columns }) => [accepted, columns])).toEqual(
        sample.wrong.map(({ column }) => [records - 1, [column]]),
      );
    });

    test('fields more or fewer that nobody needs, blank lines and mixed line ends change nothing', async () => {
      const lines = text.split('\n');
      const mixed = lines.map((line, index) => (index % 2 === 0 ? `${line}\r` : line)).join('\n');
      const variants = {
        ...Object.fromEntries(sample.harmless.map((more, index) => [`more-${index}`, replaced(text, more)])),
        mixed: mixed.replace(/\r$/, ''),
        blank: `${lines.join('\n\n')}\n\n`,
        marked: `\uFEFF${text}`,
        unended: text.replace(/\n$/, ''),
      };
      const found = await importVariants(sample, variants);
      expect(found.map(({ name, accepted, rejected }) => [name, accepted, rejected])).toEqual(
        Object.keys(variants).map((name) => [name, records, 0]),
      );
    });

    test('times out of all reason cost the lines they are in', async () => {
      const far = [
        ...['0201', '1969', '9999'].map((year) => text.replaceAll('2026', year)),
        ...['-62135596800', '253402300799'].map((epoch) => text.replace(/177\d{7}/g, epoch)),
      ].filter((each) => each !== text);
      // Some logs state no year.
      const variants = ['', ...far].map((each, index) => [`far-${index}`, `${text}${each}`]);
      const found = await importVariants(sample, Object.fromEntries(variants));
      for (const { name, rows, accepted } of found) {
        expect(accepted, name).toBeGreaterThanOrEqual(records);
        const times = rows.flatMap(({ from, to }) => [from ?? '2026', to ?? '2026']);
        expect(times, name).toEqual(times.map(() => expect.stringMatching(/^(?:19[89]|20)/)));
      }
    });

    test('a NUL or bytes that are no UTF-8 cost the line they are in', async () => {
      const at = Buffer.from(text).indexOf('192.0.2.1');
      const broken = (byte: number) => {
        const bytes = Buffer.from(text);
        bytes[at] = byte;
        return bytes;
      };
      const found = await importVariants(sample, { nul: broken(0), utf8: broken(0xff) });
      expect(found.map(({ accepted, rejected }) => [accepted, rejected])).toEqual([
        [records - 1, 1],
        [records - 1, 1],
      ]);
    });

    test('nothing, or nothing of it, is nothing', async () => {
      const found = await importVariants(sample, {
        empty: '',
        blanks: '\n\n\r\n',
        words: 'not a log\nat all\n',
      });
      expect(found.map(({ accepted, rejected }) => [accepted, rejected])).toEqual([
        [0, 0],
        [0, 0],
        [0, 0],
      ]);
    });
  });
}
