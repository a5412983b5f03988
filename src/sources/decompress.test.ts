import { appendFileSync, truncateSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { DamagedInput } from './damaged-input.ts';
import { type Compression, openBytes } from './decompress.ts';
import { connLog, createFolder } from './test-reading.ts';

const folder = createFolder();
afterAll(() => folder.remove());

type Read = { compression: Compression; content: string; verified: boolean };

async function read(file: Buffer, readBytes?: number): Promise<Read> {
  const { compression, bytes, verified } = await openBytes(folder.write('input', file), readBytes);
  const parts: Buffer[] = [];
  for await (const buffer of bytes) parts.push(Buffer.from(buffer));
  return { compression, content: Buffer.concat(parts).toString('latin1'), verified: verified() };
}

/** Made by `zstd` 1.5 from ZSTD_TEXT, with and without `--check`. */
const ZSTD_TEXT = `${'weir reads logs\n'.repeat(3)}the last line\n`;
const ZSTD_CHECKED = Buffer.from(
  'KLUv/SQ+JQEA8HdlaXIgcmVhZHMgbG9ncwp0aGUgbGFzdCBsaW5lCgEABp9LaXtb/Q==',
  'base64',
);
const ZSTD_UNCHECKED = Buffer.from('KLUv/SA+JQEA8HdlaXIgcmVhZHMgbG9ncwp0aGUgbGFzdCBsaW5lCgEABp9L', 'base64');
const SKIPPABLE = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
const READ_SIZES = [undefined, 1, 7];

describe.each(READ_SIZES)('reading %s bytes at a time', (readBytes) => {
  const content = connLog(30);
  const gz = gzipSync(content);
  const zeros = (count: number): Buffer => Buffer.alloc(count);

  it('passes plain bytes through', async () => {
    expect(await read(Buffer.from(content), readBytes)).toEqual({
      compression: 'none',
      content,
      verified: true,
    });
    expect(await read(Buffer.alloc(0), readBytes)).toEqual({
      compression: 'none',
      content: '',
      verified: true,
    });
  });

  it('reads gzip of several members and padding of zeros', async () => {
    const expected = { compression: 'gzip', content, verified: true };
    expect(await read(gz, readBytes)).toEqual(expected);
    expect(await read(Buffer.concat([gz, zeros(700)]), readBytes)).toEqual(expected);
    const two = Buffer.concat([gz, gzipSync(''), gz]);
    expect(await read(two, readBytes)).toEqual({ ...expected, content: content + content });
  });

  it.each([
    ['text', Buffer.from('garbage')],
    ['a part of another member', gz.subarray(0, 9)],
    ['one byte of another member', gz.subarray(0, 1)],
    ['text behind zeros', Buffer.concat([zeros(3), Buffer.from('x')])],
    ['a member behind zeros', Buffer.concat([zeros(300), gz])],
  ])('finds %s behind the last gzip member', async (_, rest) => {
    await expect(read(Buffer.concat([gz, rest]), readBytes)).rejects.toThrow(DamagedInput);
  });

  it('reads zstd frames and says which are unverified', async () => {
    const expected = { compression: 'zstd', content: ZSTD_TEXT, verified: true };
    expect(await read(ZSTD_CHECKED, readBytes)).toEqual(expected);
    expect(await read(Buffer.concat([SKIPPABLE, ZSTD_CHECKED]), readBytes)).toEqual(expected);
    expect(await read(ZSTD_UNCHECKED, readBytes)).toEqual({ ...expected, verified: false });
    const both = Buffer.concat([ZSTD_CHECKED, ZSTD_UNCHECKED, ZSTD_CHECKED]);
    expect(await read(both, readBytes)).toEqual({
      ...expected,
      content: ZSTD_TEXT.repeat(3),
      verified: false,
    });
  });

  it('finds what follows the last zstd frame', async () => {
    for (const rest of ['x', 'garbage']) {
      const file = Buffer.concat([ZSTD_CHECKED, Buffer.from(rest)]);
      await expect(read(file, readBytes)).rejects.toThrow(DamagedInput);
    }
  });
});

describe('damage', () => {
  const gz = gzipSync(connLog(4));

  it.each([
    ['gzip', gz],
    ['checked zstd', ZSTD_CHECKED],
    ['unchecked zstd', ZSTD_UNCHECKED],
  ])('a cut of %s at any byte is found', async (_, whole) => {
    for (let bytes = 1; bytes < whole.length; bytes += 1) {
      const cut = whole.subarray(0, bytes);
      // Fewer bytes than the magic number of zstd are no sign of it; they pass as they are.
      const isNothing = whole !== gz && bytes < 4;
      if (isNothing) expect((await read(cut)).compression).toBe('none');
      else await expect(read(cut), `cut at ${bytes}`).rejects.toThrow(DamagedInput);
    }
  });

  it.each([
    ['gzip', gz, connLog(4)],
    ['checked zstd', ZSTD_CHECKED, ZSTD_TEXT],
  ])('a flipped byte of %s never alters the content unseen', async (_, whole, content) => {
    let found = 0;
    for (let at = 0; at < whole.length; at += 1) {
      for (const bit of [1, 0x80]) {
        const flipped = Buffer.from(whole);
        flipped[at] = (flipped[at] ?? 0) ^ bit;
        const result = await read(flipped).catch((error: unknown) => error);
        if (result instanceof DamagedInput) found += 1;
        else if ((result as Read).compression !== 'none') expect((result as Read).content).toBe(content);
      }
    }
    expect(found).toBeGreaterThan(whole.length);
  });

  it('leaves what is written meanwhile to the next reading, and says when a file got shorter', async () => {
    const read = async (meanwhile: (path: string) => void) => {
      const path = folder.write('growing.log', 'abcdefghij');
      let content = '';
      for await (const buffer of (await openBytes(path, 4)).bytes) {
        if (content === '') meanwhile(path);
        content += buffer.toString();
      }
      return content;
    };
    expect(await read((path) => appendFileSync(path, 'klmnop'))).toBe('abcdefghij');
    await expect(read((path) => truncateSync(path, 5))).rejects.toThrow(/shrank from 10 to \d bytes/);
  });

  it('ends early without waiting for the rest', async () => {
    const file = folder.write('large.gz', gzipSync(Buffer.alloc(20_000_000)));
    for await (const buffer of (await openBytes(file)).bytes) {
      expect(buffer.length).toBeGreaterThan(0);
      break;
    }
  });
});
