import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { htmlOf } from '../../src/incidents/html.ts';
import { HOSTILE, hostileCase } from '../incidents/hostile-case.ts';
import { weir } from '../support/cli.ts';
import { temporaryFolder } from '../support/ledgers.ts';
import { openBrowser } from './browser.ts';

it('opens in a browser that runs and asks for nothing, shows hostile names as text, and prints marked sheets', async () => {
  const file = join(temporaryFolder(), 'case.html');
  writeFileSync(file, htmlOf(hostileCase()));
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    const asked: string[] = [];
    const said: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => said.push(message.text()));
    page.on('dialog', (dialog) => said.push(dialog.message()));
    await page.goto(pathToFileURL(file).href);
    expect(asked).toEqual([pathToFileURL(file).href]);
    expect(said).toEqual([]);
    expect(await page.locator('script, img').count()).toBe(0);
    const heading = await page.locator('h1').textContent();
    expect(heading?.slice(0, 20)).toBe(HOSTILE.slice(0, 20));
    // The policy lets the page's own style through, and nothing overflows the page sideways.
    const label = await page.evaluate('getComputedStyle(document.querySelector(".tlp")).backgroundColor');
    expect(label).toBe('rgb(0, 0, 0)');
    expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBe(0);
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    const text = pdf.toString('latin1');
    expect(text).toMatch(/\/MediaBox \[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/);
    expect(Number(/\/Count (\d+)/.exec(text)?.[1])).toBeGreaterThanOrEqual(2);
  } finally {
    await browser.close();
  }
});

it('is a command like the others: words in, a case out, exit codes, and no file written over', async () => {
  const dir = temporaryFolder();
  writeFileSync(
    join(dir, 'weir.yaml'),
    `facility: { name: Series }
mappings:
  - { name: nightly, files: "*.csv", time: day, per: day, host: host, destination: place, bytesOut: bytes, path: { value: border } }
`,
  );
  writeFileSync(join(dir, 'a.csv'), 'day,host,place,bytes\n2026-03-01,host1,AS64501,1000\n');
  expect((await weir(dir, ['import', 'a.csv', '--quiet'])).code).toBe(0);
  const opened = await weir(dir, [
    'incident',
    'open',
    '--title',
    'A word',
    '--by',
    'ann',
    '--json',
    '--quiet',
  ]);
  const { incident } = JSON.parse(opened.out);
  expect(incident).toMatchObject({ title: 'A word', status: 'open', tlp: 'amber+strict', hold: null });
  const out = ['incident', 'export', incident.id, '--form', 'csv', '--out', 'case.csv'];
  expect((await weir(dir, out)).err).toContain('TLP:AMBER+STRICT');
  expect(statSync(join(dir, 'case.csv')).mode & 0o777).toBe(0o600);
  expect(await weir(dir, out)).toMatchObject({ code: 2, err: expect.stringContaining('is there already') });
  expect((await weir(dir, ['incident', 'show', 'zz'])).code).toBe(2);
});
