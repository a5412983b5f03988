import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { newId } from '../../src/ledger/entries.ts';
import { append } from '../../src/ledger/journal.ts';
import { detectAnswer } from '../../src/operations/answers/detect.ts';
import { notifyAnswer } from '../../src/operations/answers/notify.ts';
import { decide } from '../../src/operations/decide.ts';
import { detect } from '../../src/operations/detect.ts';
import { notify, notifyTest } from '../../src/operations/notify.ts';
import { weir } from '../support/cli.ts';
import { temporaryFolder, testLedger } from '../support/ledgers.ts';
import { closedPort, httpReceiver, mailReceiver, syslogReceiver } from '../support/receivers.ts';

/** A host with a name that would like to be more than a name. */
const EVIL = 'host1\u2028{"x":1}';
const QUICK = { attempts: 3, firstWaitMillis: 1, longestWaitMillis: 5 };
const DAYS = Array.from({ length: 60 }, (_, day) =>
  new Date(Date.UTC(2026, 2, 1 + day)).toISOString().slice(0, 10),
);

function rows(days: readonly string[], thefts: readonly string[] = []): string {
  const usual = days.flatMap((day, index) =>
    [EVIL, 'host2', 'host3'].map(
      (host, at) =>
        `${day},"${host.replaceAll('"', '""')}",AS6450${at},${1e9 + ((index * 37 + at * 11) % 17) * 1e7}`,
    ),
  );
  return `day,host,place,bytes\n${[...usual, ...thefts].join('\n')}\n`;
}

const BASE = `
facility: { name: Series }
mappings:
  - { name: nightly, files: "*.csv", time: day, per: day, host: host, destination: place, bytesOut: bytes, path: { value: border } }
`;
const THEFT = {
  'day.csv': rows(DAYS.slice(55, 56), [`${DAYS[55]},"${EVIL.replaceAll('"', '""')}",AS64998,60000000000000`]),
};

/** 55 quiet days; and the same with the day after them, on which one host sends 60 TB. Made once, copied for each test. */
const quiet = temporaryFolder();
const stolen = temporaryFolder();

beforeAll(async () => {
  await testLedger(BASE, quiet).importFiles({ 'a.csv': rows(DAYS.slice(0, 55)) });
  cpSync(quiet, stolen, { recursive: true });
  const { facility, dir, importFiles } = testLedger(BASE, stolen);
  await importFiles(THEFT);
  await detect({ facility, ledgerDir: dir, progress: () => undefined });
});

/** A copy of one of the two centres, with channels. */
function centre(from: string, channels: string) {
  const root = temporaryFolder();
  cpSync(from, root, { recursive: true });
  const yaml = `${BASE}notify:\n${channels}`;
  writeFileSync(join(root, 'weir.yaml'), yaml);
  writeFileSync(join(root, 'key'), 'secret', { mode: 0o600 });
  const ledger = testLedger(yaml, root);
  const question = {
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    progress: () => undefined,
    patience: QUICK,
  };
  return { root, ledger, question };
}

const lines = (path: string) =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];

it('tells every channel what is new from now on, once, and takes the answer back', async () => {
  const [plain, http, mail] = [
    await syslogReceiver(),
    await httpReceiver([500, 503, 200]),
    await mailReceiver(),
  ];
  const { root, question, ledger } = centre(
    quiet,
    `
  - { name: file, kind: file, target: out.ndjson, format: ecs }
  - { name: siem, kind: syslog, target: "tcp://127.0.0.1:${plain.port}" }
  - { name: hook, kind: webhook, target: "http://127.0.0.1:${http.port}/", secretFile: key }
  - { name: mail, kind: smtp, target: "smtp://127.0.0.1:${mail.port}", from: w@c.example, to: [soc@c.example], subjects: [campaign] }
`,
  );
  const first = await notify(question);
  expect(first.channels.map((channel) => [channel.first, channel.sent.length])).toEqual(
    Array(4).fill([true, 0]),
  );
  await ledger.importFiles(THEFT);
  const found = await detect(question);
  expect(found.leads.length).toBeGreaterThan(0);
  const ids = [...found.leads, ...found.campaigns].map(({ id }) => id).sort();
  const second = notifyAnswer.parse(await notify(question));
  expect(second.channels.some(({ failed }) => failed)).toBe(false);
  const out = join(root, 'out.ndjson');
  expect(
    lines(out)
      .map((event) => event.rule.uuid)
      .sort(),
  ).toEqual(ids);
  const events = plain.got.map((frame) => JSON.parse(frame.slice(frame.indexOf('{'))));
  expect(events.map((event) => event.finding_info.uid).sort()).toEqual(ids);
  expect(JSON.stringify(events)).toContain(JSON.stringify(EVIL).slice(1, -1));
  // Two refusals, then each message once: the repeats carry the first one's id.
  expect(http.got).toHaveLength(ids.length + 2);
  expect(new Set(http.got.map(({ headers }) => headers['idempotency-key'])).size).toBe(ids.length);
  expect(new Set(http.got.slice(0, 3).map(({ body }) => body)).size).toBe(1);
  expect(mail.got).toHaveLength(found.campaigns.length);
  const third = await notify(question);
  expect(third.channels.flatMap(({ sent }) => sent)).toEqual([]);

  const [campaign] = found.campaigns;
  await decide({ ...question, target: campaign?.id ?? '', verdict: 'dismissed', note: 'a\r\nb', by: 'ann' });
  const fourth = await notify(question);
  expect(new Set(fourth.channels[0]?.sent.map(({ activity }) => activity))).toEqual(new Set(['close']));
  expect(fourth.channels[0]?.sent.map(({ subject }) => subject)).toContain(campaign?.id);
  expect(lines(out).at(-1)).toMatchObject({ weir: { decision: { verdict: 'dismissed', by: 'ann' } } });
  expect((await notify(question)).channels.flatMap(({ sent }) => sent)).toEqual([]);
});

it('lets no channel that is down hold up the others, and sends later what waited', async () => {
  const port = await closedPort();
  const { root, question } = centre(
    stolen,
    `
  - { name: down, kind: syslog, target: "tcp://127.0.0.1:${port}" }
  - { name: keyless, kind: webhook, target: "https://h.example/", secretEnv: WEIR_TEST_UNSET }
  - { name: file, kind: file, target: out.ndjson }
`,
  );
  const run = await weir(root, ['notify', '--all', '--json', '--channel', 'file', 'keyless']);
  expect(run.code).toBe(3);
  const [keyless, file] = notifyAnswer.parse(JSON.parse(run.out)).channels;
  expect(keyless).toMatchObject({ failed: true, remarks: [expect.stringContaining('WEIR_TEST_UNSET')] });
  expect(file).toMatchObject({ failed: false, waiting: [] });
  expect(run.err).toContain('channel keyless');
  const down = (await notify({ ...question, channels: ['down'], all: true })).channels[0];
  expect(down).toMatchObject({ failed: true, sent: [] });
  expect(down?.waiting.map(({ attempts }) => attempts)).toEqual([
    3,
    ...Array((down?.waiting.length ?? 0) - 1).fill(0),
  ]);
  expect(down?.waiting[0]?.error).toContain('ECONNREFUSED');
  const [tried, test] = (await notifyTest({ ...question, channels: ['down', 'file'] })).channels;
  expect(tried).toMatchObject({ failed: true, remarks: [expect.stringContaining('ECONNREFUSED')] });
  expect(test?.sent).toHaveLength(1);
  expect(lines(join(root, 'out.ndjson')).at(-1)).toMatchObject({ finding_info: { uid: 'test' } });
  const dropped = down?.waiting[0]?.id ?? '';
  const after = (await notify({ ...question, channels: ['down'], drop: [dropped] })).channels[0];
  expect(after?.waiting.map(({ id }) => id)).toEqual(down?.waiting.slice(1).map(({ id }) => id));
  await expect(notify({ ...question, channels: ['nobody'] })).rejects.toThrow('down, keyless, file');
});

it('goes on after a crash between sending and recording: the same message with the same id', async () => {
  const http = await httpReceiver();
  const { root, question } = centre(
    stolen,
    `
  - { name: hook, kind: webhook, target: "http://127.0.0.1:${http.port}/", secretFile: key }
`,
  );
  process.env.WEIR_FAULT = 'deliver:sent#1';
  const killed = await weir(root, ['notify', '--all', '--channel', 'hook']).finally(
    () => delete process.env.WEIR_FAULT,
  );
  expect([killed.code, http.got.length]).toEqual([null, 1]);
  const sent = (await notify(question)).channels[0]?.sent.length ?? 0;
  // One copy, told by its id, and to the byte.
  expect(sent).toBeGreaterThan(1);
  expect(http.got).toHaveLength(sent + 1);
  expect(http.got[1]?.headers['webhook-id']).toBe(http.got[0]?.headers['webhook-id']);
  expect(http.got[1]?.body).toBe(http.got[0]?.body);
});

it('tells of cases, entry by entry, and of red ones only that they are there', async () => {
  const { root, question, ledger } = centre(quiet, '  - { name: file, kind: file, target: out.ndjson }\n');
  await notify(question);
  const say = (incident: string, verb: 'open' | 'contain' | 'close', tlp?: 'red' | 'green') =>
    append(ledger.dir, () => ({
      kind: 'incident',
      id: newId(),
      payload: {
        ...{
          v: 1,
          incident,
          verb,
          by: 'ann',
          atMicros: null,
          text: 'a text',
          hold: null,
          releasesHold: false,
          signals: [],
        },
        ...(verb === 'open' ? { title: `Title of ${incident}`, tlp } : {}),
        references: { campaigns: [], leads: [], claims: [] },
      },
    }));
  await say('case-one', 'open', 'green');
  await say('case-two', 'open', 'red');
  await notify(question);
  await say('case-one', 'contain');
  await notify(question);
  await say('case-one', 'close');
  await notify(question);
  const events = lines(join(root, 'out.ndjson'));
  expect(events.map((event) => `${event.type_uid} ${event.status} ${event.desc}`)).toEqual([
    '200501 New Title of case-one',
    '200501 New A case of TLP:RED',
    '200502 In Progress Title of case-one',
    '200503 Closed Title of case-one',
  ]);
  expect(JSON.stringify(events)).not.toContain('Title of case-two');
});

it('is a flag of detect, over the whole history only', async () => {
  const { root, question } = centre(stolen, '  - { name: file, kind: file, target: out.ndjson }\n');
  const run = await weir(root, ['detect', '--notify', '--json']);
  expect(run.code, run.err).toBe(0);
  const { leads, campaigns } = detectAnswer.parse(JSON.parse(run.out));
  expect(run.err).toContain(
    `${leads.length + campaigns.length} leads, campaigns and incidents taken as known`,
  );
  await notify({ ...question, all: true });
  expect(lines(join(root, 'out.ndjson'))).toHaveLength(leads.length + campaigns.length);
  const part = await weir(root, ['detect', '--notify', '--from', '2026-03-05']);
  expect([part.code, part.err]).toEqual([2, expect.stringContaining('whole history')]);
  const none = { ...question, facility: { ...question.facility, notify: [] } };
  await expect(notify(none)).rejects.toThrow('names no channel');
});
