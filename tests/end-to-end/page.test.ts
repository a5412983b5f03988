import type { FastifyInstance } from 'fastify';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LedgerError } from '../../src/errors.ts';
import { createServer } from '../../src/server/create-server.ts';
import type { ServerOperations } from '../../src/server/server-operations.ts';
import { buildConsoleIfStale, openBrowser } from './browser.ts';
import { findFaintText } from './contrast.ts';
import { fixedOperations } from './fixed-operations.ts';

/** Screenshots are written here when it is set, to be looked at. */
const PICTURES = process.env.WEIR_PICTURES;

let browser: Browser;
const servers: FastifyInstance[] = [];

beforeAll(async () => {
  await buildConsoleIfStale();
  browser = await openBrowser();
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

afterAll(() => browser.close());

interface Look {
  width: number;
  scheme: 'light' | 'dark';
}

/** Opens the console over some operations, and gathers everything that goes wrong or elsewhere. */
async function open(
  operations: ServerOperations,
  { width, scheme }: Look = { width: 1280, scheme: 'light' },
) {
  const server = await createServer(operations, { logLevel: 'silent' });
  servers.push(server);
  const origin = await server.listen({ host: '127.0.0.1', port: 0 });
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) elsewhere.push(request.url());
  });
  await page.addInitScript(
    `document.addEventListener('securitypolicyviolation', (event) =>
      console.error('policy violated: ' + event.violatedDirective + ' ' + event.blockedURI))`,
  );
  await page.goto(origin);
  await page.waitForSelector('footer');
  await page.waitForSelector('.waiting', { state: 'detached' });
  return { page, complaints, elsewhere };
}

const text = async (page: Page, selector: string) =>
  (await page.locator(selector).allInnerTexts()).map((one) => one.replace(/[\u202f\u00a0]/g, ' '));

async function picture(page: Page, name: string) {
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
}

describe('the console', () => {
  it.each<Look>([
    { width: 1280, scheme: 'light' },
    { width: 1280, scheme: 'dark' },
    { width: 390, scheme: 'light' },
    { width: 390, scheme: 'dark' },
  ])('reads at $width px in $scheme: whole, quiet, legible and from one origin', async (look) => {
    const { page, complaints, elsewhere } = await open(fixedOperations(), look);
    await page.waitForSelector('.holder canvas');
    await picture(page, `page-${look.width}-${look.scheme}`);
    expect(await text(page, 'article h3')).toEqual([
      expect.stringContaining('7.28 TB lost'),
      expect.stringContaining('840 GB lost'),
    ]);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await findFaintText(page)).toEqual([]);
    expect(complaints).toEqual([]);
    expect(elsewhere).toEqual([]);
  });

  it('shows what left, apart from it what could have, and that it is all invented', async () => {
    const { page } = await open(fixedOperations());
    const [summary] = await text(page, '[aria-labelledby=egress]');
    expect(summary).toMatch(/\d+ TB\s+from \d+ to \d+ TB/);
    expect(summary).toContain('96.8 %');
    expect(summary).toContain('at most 464 TB');
    const [masthead] = await text(page, 'header');
    expect(masthead).toContain('Example Computing Centre');
    expect(masthead).toContain('Simulated telemetry');
    expect(await page.title()).toBe('Example Computing Centre · Weir');
  });

  it('sets what was planted beside what was found', async () => {
    const { page } = await open(fixedOperations());
    await page.waitForSelector('.truth');
    const rows = await text(page, '.truth tbody tr');
    expect(rows[0]).toMatch(/low-and-slow[\s\S]*campaign 1[\s\S]*after 9 days/);
    expect(rows[1]).toMatch(/smash-and-grab[\s\S]*campaign 2[\s\S]*after 10 hours/);
    expect(rows[2]).toMatch(/shadow[\s\S]*not found/);
  });

  it('moves the cursor from the keyboard, and calls no unwatched day zero', async () => {
    const { page } = await open(fixedOperations());
    const slider = page.getByRole('slider', { name: 'Day under the cursor' });
    await slider.focus();
    await page.keyboard.press('Home');
    expect(await text(page, 'output')).toEqual(['2026-01-01']);
    for (let step = 0; step < 60; step += 1) await page.keyboard.press('ArrowRight');
    expect(await text(page, 'output')).toEqual(['2026-03-02']);
    const vpn = page.locator('.readout tr', { hasText: 'vpn' });
    expect(await vpn.textContent()).toMatch(/not watched\s*0\s%/);
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/^2026-03-02: .*100.% unwatched$/);
  });

  it('opens a campaign’s full lists', async () => {
    const { page } = await open(fixedOperations());
    const [details] = await page.locator('article details').all();
    await details?.locator('summary').click();
    expect(await details?.locator('ul[aria-label=Hosts] li').count()).toBe(184);
  });

  it('shows names as text, whatever they contain', async () => {
    const found = await fixedOperations().detect({});
    const [campaign] = found.campaigns;
    if (!campaign) throw new Error('the fixture has campaigns');
    const evil = '<img src=x onerror="document.title=\'owned\'">';
    const { page, complaints } = await open({
      ...fixedOperations(),
      facility: async () => ({ name: evil, simulated: false }),
      detect: async () => ({ ...found, campaigns: [{ ...campaign, because: evil, hosts: [evil] }] }),
    });
    expect(await text(page, 'h1')).toEqual([evil]);
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('gives long names and long lists room at 390 px', async () => {
    const fixed = fixedOperations();
    const found = await fixed.detect({});
    const [campaign] = found.campaigns;
    const [lead] = found.leads;
    if (!campaign || !lead) throw new Error('the fixture has campaigns and leads');
    const long = `2001:db8:${'ffff:'.repeat(5)}ffff`;
    const unbroken = 'a-name-nobody-would-give-'.repeat(5);
    const { page } = await open(
      {
        ...fixed,
        facility: async () => ({ name: unbroken, simulated: true }),
        detect: async () => ({
          ...found,
          campaigns: Array.from({ length: 14 }, (_, index) => ({
            ...campaign,
            id: `c-${index}`,
            rank: index + 1,
            channels: [unbroken],
            hosts: [long],
          })),
          leads: Array.from({ length: 40 }, (_, index) => ({
            ...lead,
            id: `l-${index}`,
            entity: long,
            name: unbroken,
          })),
        }),
      },
      { width: 390, scheme: 'light' },
    );
    await page.locator('article details summary').first().click();
    await picture(page, 'page-long');
    expect(
      await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
    ).toBeLessThanOrEqual(0);
    expect(await page.locator('article').count()).toBe(10);
    await page.getByRole('button', { name: 'Show all 14 campaigns' }).click();
    expect(await page.locator('article').count()).toBe(14);
    await page.getByRole('button', { name: 'Show all 40 leads' }).click();
    expect(await page.locator('[aria-labelledby=leads] tbody tr').count()).toBe(40);
  });

  it('says what to do when there is nothing yet', async () => {
    const fixed = fixedOperations();
    const report = await fixed.report({ by: 'path' });
    const none = { low: '0', estimate: '0', high: '0' };
    const found = await fixed.detect({});
    const { page, complaints } = await open({
      report: async () => ({
        ...report,
        rows: [],
        total: { bytesOut: none, bytesIn: '0', flows: 0 },
        corrections: [],
      }),
      detect: async () => ({ ...found, leads: [], campaigns: [] }),
      check: async () => ({ ...(await fixed.check()), sensors: [], findings: [] }),
      facility: async () => ({ name: 'New Centre', simulated: false }),
    });
    await picture(page, 'page-empty');
    const [body] = await text(page, 'main');
    expect(body).toContain('weir import');
    expect(body).toContain('That is no proof that nothing was taken');
    expect(body).not.toContain('planted');
    expect(await page.locator('.simulated').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('shows one part’s failure in that part, and asks again', async () => {
    let broken = true;
    const fixed = fixedOperations();
    const { page } = await open({
      ...fixed,
      check: async () => {
        if (broken) throw new LedgerError('Entry 41 of the journal is missing; restore it from the backup.');
        return fixed.check();
      },
    });
    await picture(page, 'page-failed');
    expect(await text(page, '[role=alert]')).toEqual([
      expect.stringContaining('Entry 41 of the journal is missing'),
    ]);
    expect(await page.locator('article').count()).toBe(2);
    expect((await text(page, '[aria-labelledby=paths]'))[0]).toContain('does not mean that all was watched');
    broken = false;
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.waitForSelector('.strip');
    expect(await page.locator('[role=alert]').count()).toBe(0);
  });
});
