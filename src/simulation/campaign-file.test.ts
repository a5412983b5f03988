import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigurationError } from '../errors.ts';
import { campaignFileSchema, parseCampaigns, readCampaigns } from './campaign-file.ts';

const theft = (changes: string) => `campaigns:
  - { name: x, start: 3, days: 2, bytes: 1GB, hosts: 1, principals: 1, destinations: { kind: oneAs }, path: vpn${changes} }`;

describe('parseCampaigns', () => {
  it('fills in what may be left out', () => {
    expect(parseCampaigns(theft(''), 'c.yaml')).toEqual([
      {
        name: 'x',
        start: 3,
        days: 2,
        bytes: 1e9,
        hosts: 1,
        principals: 1,
        destinations: { kind: 'oneAs', count: 1 },
        pacing: 'steady',
        pull: 1,
        path: 'vpn',
      },
    ]);
  });

  it.each([
    ['1.5kB', 1_500],
    ['40TB', 40e12],
    ['2 PB', 2e15],
    ['7B', 7],
  ])('reads %s as SI', (text, bytes) => {
    expect(parseCampaigns(theft('').replace('1GB', text), 'c.yaml')[0]?.bytes).toBe(bytes);
  });

  it.each([
    ['an unknown key', theft(', speed: 3'), /c\.yaml: campaigns\.0: .*speed/],
    ['binary units', theft('').replace('1GB', '1GiB'), /campaigns\.0\.bytes: .*SI/],
    ['more than integers hold', theft('').replace('1GB', '10PB'), /9 PB/],
    ['an impossible date', theft('').replace('start: 3', 'start: 2026-02-30'), /campaigns\.0\.start/],
    ['a share above 1', theft(', pull: 2'), /campaigns\.0\.pull/],
    ['broken YAML', 'campaigns: [', /not YAML/],
  ])('refuses %s and says where', (_, text, message) => {
    expect(() => parseCampaigns(text, 'c.yaml')).toThrow(ConfigurationError);
    expect(() => parseCampaigns(text, 'c.yaml')).toThrow(message);
  });

  it('has a schema that editors can read', () => {
    const schema = z.toJSONSchema(campaignFileSchema, { io: 'input' });
    expect(JSON.stringify(schema)).toContain(
      '"enum":["oneAs","quietAses","sharedCloud","freshPerStream","weeklyHops"]',
    );
  });

  it('reads the example, and names a file that is not there', async () => {
    expect(await readCampaigns('examples/campaigns.yaml')).toHaveLength(2);
    await expect(readCampaigns('examples/none.yaml')).rejects.toThrow(/none\.yaml: cannot be read/);
  });
});
