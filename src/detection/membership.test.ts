import { describe, expect, test } from 'vitest';
import { eBenjaminiHochberg, evidenceAgainst } from './membership.ts';
import { normals, uniforms } from './test-centre.ts';
import type { Track } from './tracks.ts';

describe('e-BH', () => {
  test('rejects the largest k with e ≥ n/(α·k)', () => {
    expect(eBenjaminiHochberg([100, 50, 1, 34], 0.03)).toEqual([]);
    expect(eBenjaminiHochberg([100, 50, 1, 34], 0.1)).toEqual([0, 1, 3]);
    expect(eBenjaminiHochberg([], 0.1)).toEqual([]);
  });

  test('keeps its false-discovery rate on hosts that send no more than usual', () => {
    const normal = normals(uniforms(23));
    const window = { from: 0, to: 59 };
    let falseShare = 0;
    const rounds = 100;
    for (let round = 0; round < rounds; round++) {
      const evidence = Array.from({ length: 40 }, (_, host) => {
        const level = (host < 5 ? 4 : 1) * 50e6;
        // Lognormal days of mean `level`.
        const bytes = new Map(
          Array.from({ length: 60 }, (_, day) => [day, level * Math.exp(1.2 * normal() - 0.72)]),
        );
        return evidenceAgainst([{ bytes } as unknown as Track], 50e6, window);
      });
      const named = eBenjaminiHochberg(evidence, 0.1);
      falseShare += named.filter((host) => host >= 5).length / Math.max(1, named.length);
    }
    expect(falseShare / rounds).toBeLessThan(0.1);
  });
});
