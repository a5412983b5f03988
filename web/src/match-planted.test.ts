import { describe, expect, it } from 'vitest';
import { fixedOperations } from '../../tests/end-to-end/fixed-operations.ts';
import { matchPlanted } from './match-planted.ts';

const operations = fixedOperations();

async function truth() {
  const planted = await operations.planted();
  return { planted: planted?.campaigns ?? [], found: await operations.detect({}) };
}

describe('matchPlanted', () => {
  it('finds what names a planted destination, with the days it took, and admits what was missed', async () => {
    const { planted, found } = await truth();
    const [slow, fast, shadow] = matchPlanted(planted, found);
    expect(slow?.campaign?.rank).toBe(1);
    expect(slow?.daysToDetection).toBeCloseTo(9.09, 2);
    expect(fast?.campaign?.rank).toBe(2);
    expect(shadow).toMatchObject({ campaign: undefined, lead: undefined, daysToDetection: undefined });
  });

  it('takes a lead where no campaign was assembled', async () => {
    const { planted, found } = await truth();
    const theft = { ...planted[0], destinations: ['AS64511'] } as (typeof planted)[number];
    const [outcome] = matchPlanted([theft], found);
    expect(outcome?.campaign).toBeUndefined();
    expect(outcome?.lead?.entity).toBe('AS64511');
  });

  it('gives no credit for what was found before the theft began', async () => {
    const { planted, found } = await truth();
    const late = planted.map((theft) => ({ ...theft, startedAt: '2026-05-01T00:00:00Z' }));
    expect(matchPlanted(late, found).every((outcome) => !outcome.campaign && !outcome.lead)).toBe(true);
  });
});
