import { describe, expect, test } from 'vitest';
import { coreOf, doubtfulBytes, type Group, sideOf, uniteGroups } from './groups.ts';
import type { Family } from './input.ts';
import type { Lead } from './lead.ts';
import type { Excess, Track } from './tracks.ts';

const START = 100;
const window = { from: START, to: START + 79 };

function leadOf(family: Family, entity: string): Lead {
  return {
    id: `${family}|${entity}`,
    family,
    entity,
    raisedOnDay: START + 10,
    detectedAtMicros: 0,
    channels: [],
    baselineBytesPerDay: 0,
    observedBytesPerDay: 0,
    changePoint: { low: START, estimate: START, high: START },
    because: '',
  };
}

/** A pair that is new and sends `bytes` in all. */
function pair(host: string, network: string, bytes: number, firstDay = START): Excess {
  const track: Track = {
    key: `${host}\n${network}`,
    host,
    network,
    as: network,
    paths: new Set(['border']),
    principals: new Map(),
    tenants: new Set(),
    firstDay,
    bytes: new Map([[Math.max(START, firstDay), bytes]]),
  };
  return { track, novel: true, activeDays: 5, usual: 0, bytes };
}

function group(lead: Lead, pairs: readonly Excess[]): Group {
  return {
    leads: [lead],
    window,
    evidence: new Map(pairs.map((excess) => [excess.track.key, excess])),
    sides: new Map(pairs.map((excess) => [excess.track.key, sideOf(lead)])),
  };
}

const namesOf = (pairs: readonly Excess[]) => pairs.map(({ track }) => track.key.replace('\n', '>'));

describe('the core of a campaign', () => {
  const stolen = [pair('h1', 'x', 50), pair('h2', 'x', 50)];
  const life = [pair('h1', 'shop', 20), pair('h2', 'news', 10)];

  test('leaves out what only a sender pulled in, where its destinations explain most of it', () => {
    const [one] = uniteGroups([
      group(leadOf('network', 'x'), stolen),
      group(leadOf('principal', 'p'), [...stolen, ...life]),
    ]);
    const core = coreOf(one as Group);
    expect(core.isClear).toBe(true);
    expect(namesOf(core.pairs)).toEqual(['h1>x', 'h2>x']);
  });

  test('is everything where the places with leads explain little: they change, or are old', () => {
    const hops = [pair('h1', 'y', 60), pair('h2', 'z', 60)];
    const [one] = uniteGroups([
      group(leadOf('network', 'x'), stolen),
      group(leadOf('principal', 'p'), [...stolen, ...hops]),
    ]);
    const core = coreOf(one as Group);
    expect(core.isClear).toBe(false);
    expect(namesOf(core.pairs)).toEqual(['h1>x', 'h1>y', 'h2>x', 'h2>z']);
  });

  test('keeps the other senders of a destination when one of them alone has a lead', () => {
    const many = Array.from({ length: 30 }, (_, h) => pair(`h${h}`, 'x', 10));
    const [one] = uniteGroups([
      group(leadOf('network', 'x'), many),
      group(leadOf('host', 'h1'), [many[1] as Excess, pair('h1', 'shop', 2)]),
    ]);
    expect(coreOf(one as Group).pairs).toHaveLength(30);
  });

  test('doubts what one side alone saw at a place that was in use before, and nothing else', () => {
    const old = pair('h9', 'shop', 1, 10);
    const [one] = uniteGroups([
      group(leadOf('network', 'x'), stolen),
      group(leadOf('principal', 'p'), [...stolen, pair('h1', 'shop', 20), pair('h2', 'fresh', 40)]),
    ]);
    const all = [...(one as Group).evidence.values()];
    const byNetwork = new Map([
      ['shop', [old.track]],
      ['fresh', [pair('h2', 'fresh', 40).track]],
    ]);
    expect(doubtfulBytes(all, one as Group, byNetwork)).toBe(20);
    const lonely = group(leadOf('principal', 'p'), all);
    expect(doubtfulBytes(all, lonely, byNetwork)).toBe(0);
  });
});

describe('groups in step', () => {
  const hopping = (host: string, principal: string, shift: number) =>
    group(
      leadOf('principal', principal),
      Array.from({ length: 8 }, (_, week) =>
        pair(host, `${host}-${week}`, 10 + week, START + 7 * week + shift),
      ),
    );

  test('are one, though hosts, identities and places all differ', () => {
    const united = uniteGroups([hopping('h1', 'p1', 0), hopping('h2', 'p2', 0)]);
    expect(united.map(({ leads }) => leads.length)).toEqual([2]);
  });

  test('are two when they move on different days, or when they share one day only', () => {
    expect(uniteGroups([hopping('h1', 'p1', 0), hopping('h2', 'p2', 3)])).toHaveLength(2);
    const sameDay = (host: string, principal: string) =>
      group(leadOf('principal', principal), [pair(host, `${host}-a`, 10), pair(host, `${host}-b`, 10)]);
    expect(uniteGroups([sameDay('h1', 'p1'), sameDay('h2', 'p2')])).toHaveLength(2);
  });
});
