import { expect, test } from 'vitest';
import { currentText, generatedFiles } from '../scripts/write-schemas.ts';

test.each(generatedFiles)(
  '$path is what the code makes it (npx tsx scripts/write-schemas.ts)',
  async ({ path, make }) => {
    const current = await currentText(path);
    expect(current).not.toBe('');
    expect(current).toBe(await make(current));
  },
);
