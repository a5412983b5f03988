import { describe, expect, test } from 'vitest';
import { estimateChange } from './changepoint.ts';
import { normals, uniforms } from './test-centre.ts';

describe('the change point', () => {
  test('lies in its interval, which is narrow when the step is large', () => {
    let inside = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const normal = normals(uniforms(seed));
      const values = Float64Array.from(
        { length: 100 },
        (_, day) => (day < 60 ? 1e9 : 3e9) * Math.exp(0.6 * normal()),
      );
      const found = estimateChange({ fromDay: 1000, values }, 1000, 1099);
      if (found && found.low <= 1060 && 1060 <= found.high) inside += 1;
    }
    expect(inside).toBeGreaterThanOrEqual(54);
  });

  test('is exact where there was nothing before', () => {
    const values = Float64Array.from({ length: 50 }, (_, day) => (day < 30 ? 0 : 5e8));
    expect(estimateChange({ fromDay: 0, values }, 0, 49)).toEqual({ low: 30, estimate: 30, high: 30 });
  });

  test('skips unwatched days and does not see falls or flat lines', () => {
    const holes = Float64Array.from({ length: 50 }, (_, day) =>
      day % 9 === 4 ? Number.NaN : day < 30 ? 1 : 9,
    );
    expect(estimateChange({ fromDay: 0, values: holes }, 0, 49)?.estimate).toBe(30);
    expect(estimateChange({ fromDay: 0, values: new Float64Array(20).fill(5) }, 0, 19)).toBeUndefined();
    const falls = Float64Array.from({ length: 40 }, (_, day) => 40 - day);
    expect(estimateChange({ fromDay: 0, values: falls }, 0, 39)).toBeUndefined();
  });
});
