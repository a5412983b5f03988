import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exampleCase } from '../../tests/incidents/example-case.ts';
import { hostileCase } from '../../tests/incidents/hostile-case.ts';
import { TLP_LEVELS } from '../ledger/incident-entry.ts';
import type { IncidentCase } from './case.ts';
import { csvCell, csvOf } from './csv.ts';
import { htmlOf } from './html.ts';
import { escapeHtml } from './html-text.ts';
import { ocsfIncidentFinding, ocsfOf } from './ocsf.ts';
import { ocsfDetectionFinding } from './ocsf-finding.ts';
import { stixOf } from './stix.ts';
import { timesketchLine, timesketchOf } from './timesketch.ts';
import { tlpLabel } from './tlp.ts';

test('a page runs nothing, loads nothing, and shows what was said as text', () => {
  const page = htmlOf(hostileCase());
  expect(page).not.toMatch(/<script|<img|<link|<iframe|<object|<\/style>[^\n]*<\/style>/i);
  expect(page.match(/<style>/g)).toHaveLength(1);
  expect(page.match(/<\/style>/g)).toHaveLength(1);
  const tags = page.match(/<[^>]*>/g) ?? [];
  expect(tags.filter((tag) => /\b(src|srcset|action|style|on\w+)\s*=|href="[^#]/i.test(tag))).toEqual([]);
  expect(page).not.toContain('@import');
  expect(page).not.toMatch(/url\(/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
  expect(page).toContain('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;');
  expect(page).toContain('\\u{202e}');
  expect(page).toContain('default-src &#39;none&#39;');
});

test('escaped text holds nothing that ends text or an attribute, and loses nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      const escaped = escapeHtml(text);
      expect(escaped).not.toMatch(/[<>"']/);
      expect(escaped.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
    }),
  );
});

test('a spreadsheet computes nothing of what was said, and reads every number', () => {
  for (const formula of [
    '=1+1',
    '+1+1',
    '-1+1',
    '@SUM(A1)',
    '\t=1',
    ' =1',
    '＝1',
    '|calc',
    '%0',
    '\n=1',
    '-A1',
  ]) {
    expect(csvCell(formula)).toMatch(/^"('|\\x)/);
  }
  for (const number of ['-3600', '12', '0.5', -7]) expect(csvCell(number)).toBe(`"${number}"`);
  expect(csvCell('say "x"')).toBe('"say ""x"""');
  const rows = csvOf(hostileCase()).split('\r\n').slice(0, -1);
  const header = rows[0]?.split(',') ?? [];
  for (const row of rows.slice(1)) {
    // Quoted cells with doubled quotes inside; nothing else, on one line.
    const cells = [...row.matchAll(/"((?:[^"]|"")*)"(,|$)/g)];
    expect(cells).toHaveLength(header.length);
    expect(cells.map(([all]) => all).join('')).toBe(row);
    for (const [, text = ''] of cells) expect(text).not.toMatch(/^\s*[=+@|]|^\s*-(?!\d+(\.\d+)?$)/);
  }
});

test('lines for Timesketch have what its import demands, and its published example passes our form', () => {
  expect(
    timesketchLine.safeParse({
      message: 'A message',
      timestamp: 123456789,
      datetime: '2015-07-24T19:01:01+00:00',
      timestamp_desc: 'Write time',
      extra_field_1: 'foo',
    }).success,
  ).toBe(true);
  expect(timesketchLine.safeParse({ message: 'A message', datetime: '2015-07-24' }).success).toBe(false);
  const lines = timesketchOf(hostileCase()).trimEnd().split('\n');
  for (const line of lines) expect(timesketchLine.safeParse(JSON.parse(line)).success).toBe(true);
  const [first] = timesketchOf(exampleCase()).split('\n');
  expect(JSON.parse(first ?? '')).toMatchObject({
    message: 'first byte: First byte of campaign camp1',
    datetime: '2026-03-10T03:04:05.000006+00:00',
    timestamp: 1773111845000006,
    timestamp_desc: 'first byte',
    tlp: 'TLP:AMBER',
    command: 'weir explain camp1 --as-of 10',
  });
});

/** What OCSF 1.5.0 marks as required: of the base event, of findings, and of class 2005. */
const REQUIRED = ['activity_id', 'category_uid', 'class_uid', 'metadata', 'severity_id', 'time', 'type_uid'];

test('OCSF: a Detection Finding for each lead, an Incident Finding for the case', () => {
  const events = ocsfOf(exampleCase())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ class_uid, type_uid }) => [class_uid, type_uid])).toEqual([
    [2004, 200402],
    [2005, 200502],
  ]);
  const [lead, incident] = events;
  expect(ocsfDetectionFinding.safeParse(lead).success).toBe(true);
  expect(incident).toMatchObject({
    status: 'In Progress',
    time: Date.parse('2026-03-30T20:00:00Z'),
    metadata: { version: '1.5.0', profiles: ['incident'], correlation_uid: 'c4se', labels: ['TLP:AMBER'] },
    finding_info_list: [{ uid: 'camp1' }, { uid: 'lead1' }],
    assignee_group: { name: 'Test Centre' },
  });
  for (const name of [...REQUIRED, 'finding_info_list', 'status_id']) {
    const { [name]: _left, ...rest } = incident;
    expect([name, ocsfIncidentFinding.safeParse(rest).success]).toEqual([name, false]);
  }
  expect(ocsfIncidentFinding.safeParse({ ...incident, type_uid: 200501 }).success).toBe(false);
  expect(ocsfIncidentFinding.safeParse({ ...incident, finding_info_list: [{ title: 'x' }] }).success).toBe(
    false,
  );
});

test('every form carries the marking and the position, survives hostile names, and gives the same bytes again', () => {
  const forms = {
    html: htmlOf,
    stix: (told: IncidentCase) => JSON.stringify(stixOf(told)),
    ocsf: ocsfOf,
    timesketch: timesketchOf,
    csv: csvOf,
  };
  for (const tlp of TLP_LEVELS) {
    const told = exampleCase();
    const marked = { ...told, incident: { ...told.incident, tlp } };
    for (const form of Object.values(forms)) {
      expect(form(marked)).toContain(tlpLabel(tlp));
      expect(form(marked)).toMatch(/--as-of 10\b/);
    }
  }
  for (const form of Object.values(forms)) {
    expect(form(hostileCase())).toBe(form(hostileCase()));
    expect(form(exampleCase({ simulated: true })).toLowerCase()).toContain('simulated');
  }
});
