import { expect, test } from 'vitest';
import { sumOf, testLedger } from '../support/ledgers.ts';
import { conn, type TsvOptions, type ZeekRow, zeekNdjson, zeekTsv } from '../support/zeek-text.ts';

const AT = '2026-03-01T10:00:00Z';
const FLOW = conn({
  at: AT,
  uid: 'C1',
  lasts: 1.5,
  service: 'ssl',
  sent: 1000,
  got: 20,
  conn_state: 'SF',
  history: 'ShADadFf',
});

/** Imports one file; returns the answer, the cells' sum and the flows. */
async function imported(content: string | Uint8Array, name = 'conn.log') {
  const ledger = testLedger();
  const { answer } = await ledger.importFiles({ [name]: content });
  return { answer, sum: sumOf(await ledger.cells()), flows: await ledger.facts('flow'), ledger };
}

const SHAPES: Record<string, { rows: readonly ZeekRow[]; options?: TsvOptions }> = {
  'the usual order': { rows: [FLOW] },
  'the reverse order': { rows: [FLOW], options: { fields: Object.keys(FLOW).reverse() } },
  '_node_name first and labels at the end': {
    rows: [
      {
        _node_name: 'worker-1',
        ...FLOW,
        tunnel_parents: '(empty)',
        label: 'Malicious',
        'detailed-label': 'C&C',
      },
    ],
  },
  'underscores for dots': {
    rows: [
      Object.fromEntries(Object.entries(FLOW).map(([name, value]) => [name.replace('id.', 'id_'), value])),
    ],
  },
  'columns that Weir does not know': { rows: [{ ...FLOW, vlan: 7, community_id: '1:x=', 'a b"c': 'd' }] },
  'a column twice: the first counts': {
    rows: [FLOW],
    options: { fields: [...Object.keys(FLOW), 'orig_bytes', 'ts'] },
  },
  'separated by |': { rows: [FLOW], options: { separator: '|' } },
  'separated by ,': { rows: [FLOW], options: { separator: ',', setSeparator: ';' } },
  'separated by a space': { rows: [FLOW], options: { separator: ' ' } },
  'another unset field': { rows: [{ ...FLOW, missed_bytes: undefined }], options: { unset: 'NULL' } },
  'an empty unset field': { rows: [{ ...FLOW, missed_bytes: undefined }], options: { unset: '' } },
};

for (const [name, { rows, options }] of Object.entries(SHAPES)) {
  test(`a text log with ${name}`, async () => {
    const { answer, sum, flows } = await imported(zeekTsv(rows, options));
    expect(answer.rejects).toEqual([]);
    expect(sum).toEqual({ out: 1000n, in: 20n, flows: 1 });
    expect(flows).toMatchObject([
      {
        uid: 'C1',
        service: 'ssl',
        durationMicros: 1_500_000n,
        origBytes: 1000n,
        missedBytes: null,
        parents: null,
      },
    ]);
  });
}

test('a text log of the columns that are needed and no other', async () => {
  const { sum, flows } = await imported(
    zeekTsv([FLOW], { fields: ['id.resp_h', 'ts', 'id.orig_h', 'orig_bytes'] }),
  );
  expect(sum).toEqual({ out: 1000n, in: 0n, flows: 1 });
  expect(flows).toMatchObject([{ uid: null, proto: null, durationMicros: null, origPort: 0 }]);
});

test('a header that makes no sense spoils its own file and no other', async () => {
  const ledger = testLedger();
  const header = (separator: string, unset: string, more = '') =>
    `#separator ${separator}\n#unset_field${more}${unset}\n#path${more}conn\n#fields${more}ts${more}id.orig_h\n1${more}2\n`;
  const files = {
    'a.log': header('\\x2d', '-', '-'),
    'b.log': header('\\x7c\\x7c\\x7c\\x7c\\x7c', '-', '|||||'),
    'c.log': header('\\x0a', '-', '\t'),
    'd.log': header('\\x00', '-', '\u0000'),
    'e.log': header('\\x27', "'", "'"),
    'f.log': header('\\xff', '-', '\u00ff'),
    'g.log': header('\\x09', '\\x09', '\t'),
    'h.log': `#separator \\x09\n#path\tconn\n#fields\t${Array.from({ length: 3000 }, (_, index) => `f${index}`).join('\t')}\n1\n`,
    'z.log': zeekTsv([FLOW]),
  };
  const { answer } = await ledger.importFiles(files);
  expect(answer.commits.find(({ file }) => file.endsWith('z.log'))).toMatchObject({ accepted: 1 });
  expect(sumOf(await ledger.cells())).toEqual({ out: 1000n, in: 20n, flows: 1 });
  for (const row of answer.commits) expect(row.lines).toBe(row.accepted + row.rejected + row.comments);
});

test('JSON lines of many logs in one file go to their own, the rest is named and counted', async () => {
  const ts = '1772359200.5';
  const text = [
    zeekNdjson([{ _path: 'conn', ...FLOW }]),
    zeekNdjson([{ _path: 'ssl', ts, uid: 'C1', server_name: 'data.example.org', ja4: 't13d', cipher: 'x' }]),
    zeekNdjson([
      { ts, uid: 'C2', hassh: 'abc', server: 'OpenSSH_9', client: 'OpenSSH_8', auth_success: 'T' },
    ]),
    zeekNdjson([{ _path: 'quic', ts, uid: 'C3', server_name: 'q.example.org' }]),
    '{"_path":"files","ts":1772359200.5,"fuid":"F1","conn_uids":["C4","C5"],"mime_type":"application/zip","filename":"a b.zip"}\n',
    zeekNdjson([{ _path: 'capture_loss', ts, ts_delta: '900', peer: 'w1', gaps: 3, acks: 100 }]),
    zeekNdjson([{ _path: 'stats', ts, peer: 'w1', pkts_proc: 1000, pkts_dropped: 10 }]),
    zeekNdjson([
      { _path: 'dns', ts, uid: 'C9', query: 'x' },
      { _path: 'dns', ts, uid: 'C8', query: 'y' },
    ]),
    zeekNdjson([{ ts, uid: 'C7', nothing: 'known' }]),
    zeekNdjson([{ _path: 'open-conn', ...FLOW, uid: 'COpen', 'id.orig_p': '7', orig_bytes: 5 }]),
  ].join('');
  const { answer, sum, ledger } = await imported(text, 'all.json');
  expect(sum).toEqual({ out: 1005n, in: 40n, flows: 2 });
  expect(answer.commits.map(({ source, accepted, rejected }) => [source, accepted, rejected]).sort()).toEqual(
    ['capture_loss', 'conn', 'files', 'open_conn', 'quic', 'ssh', 'ssl', 'stats'].map((name) => [
      `zeek.${name}`,
      1,
      0,
    ]),
  );
  expect(answer.leftAlone.map(({ what, lines }) => [what, lines])).toEqual([
    ['JSON lines of no known log', 1],
    ['zeek.dns', 2],
  ]);
  const handshakes = await ledger.facts('handshake');
  expect(
    handshakes
      .map(({ uid, protocol, serverName, clientFingerprint, content }) => [
        uid,
        protocol,
        serverName,
        clientFingerprint,
        content,
      ])
      .sort(),
  ).toEqual([
    ['C1', 'ssl', 'data.example.org', 't13d', null],
    ['C2', 'ssh', 'OpenSSH_9', 'abc', null],
    ['C3', 'quic', 'q.example.org', null, null],
    ['C4', 'files', null, null, 'application/zip a b.zip'],
  ]);
  const coverage = await ledger.facts('coverage');
  expect(coverage.map(({ node, intervalMicros, seen, lost }) => [node, intervalMicros, seen, lost])).toEqual([
    ['w1', 900_000_000n, 97n, 3n],
    ['w1', null, 1000n, 10n],
  ]);
});

test('text logs of handshakes and of coverage, with sets of their own separator', async () => {
  const ledger = testLedger();
  const ts = '1772359200.500000';
  await ledger.importFiles({
    'ssl.log': zeekTsv([{ ts, uid: 'C1', server_name: '(empty)', ja3: 'j3' }], { path: 'ssl' }),
    'files.log': zeekTsv(
      [
        { ts, fuid: 'F', conn_uids: 'C4;C5', mime_type: 'a/b' },
        { ts, fuid: 'F', conn_uids: '(empty)' },
      ],
      { path: 'files', setSeparator: ';' },
    ),
    'stats.log': zeekTsv([{ ts, peer: 'w', pkts_proc: 5, pkts_dropped: 'x' }], { path: 'stats' }),
  });
  const handshakes = await ledger.facts('handshake');
  expect(
    handshakes.map(({ uid, serverName, clientFingerprint, content }) => [
      uid,
      serverName,
      clientFingerprint,
      content,
    ]),
  ).toEqual([
    ['C4', null, null, 'a/b'],
    ['C1', null, 'j3', null],
  ]);
  expect((await ledger.facts('reject')).map(({ column, reason }) => [column, reason]).sort()).toEqual([
    ['pkts_dropped', 'not a count below 2^53'],
    ['uid', 'missing'],
  ]);
});

test('JSON that is broken, or no object, or of other types than expected', async () => {
  const good = zeekNdjson([FLOW]).trim();
  const put = (member: string) => good.replace(/"orig_bytes":1000/, member);
  const lines = [
    good,
    '{"ts":1772359200.5,"uid":"C',
    '[1,2,3]',
    '42',
    'null',
    '"text"',
    `${good}${good}`,
    `${good} trailing`,
    good.replace('ShAD', 'Sh\u0001AD'),
    good.replace('ShAD', 'Sh\tAD'),
    put('"orig_bytes":[1]'),
    put('"orig_bytes":{"a":1}'),
    put('"orig_bytes":true'),
    put('"orig_bytes":1e400'),
    put('"orig_bytes":18446744073709551616'),
    put('"orig_bytes":-1'),
    good.replace('"10.0.0.1"', '["10.0.0.1"]'),
    good.replace('"10.0.0.1"', 'null'),
    `{"a":${'['.repeat(5000)}${']'.repeat(5000)},${good.slice(1)}`,
    '{}',
    good.replace('"C1"', '"C2"').replace('"orig_bytes":1000', '"orig_bytes":null'),
    good.replace('"C1"', '"C3"').replace('40000', '40001'),
  ];
  const { answer, sum } = await imported(`${lines.join('\n')}\n`, 'conn.json');
  for (const row of answer.commits) expect(row.lines).toBe(row.accepted + row.rejected + row.comments);
  const alone = answer.leftAlone.reduce((all, { lines: count }) => all + count, 0);
  expect(answer.commits.reduce((all, row) => all + row.lines, alone)).toBe(lines.length);
  const told = answer.rejects.map(({ line, column }) => `${line} ${column ?? ''}`.trim());
  expect(told).toEqual([
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
    '8',
    '9',
    '10',
    '11 orig_bytes',
    '12 orig_bytes',
    '13 orig_bytes',
    '14 orig_bytes',
    '15 orig_bytes',
    '16 orig_bytes',
    '17 id.orig_h',
    '18 id.orig_h',
  ]);
  expect(sum.out).toBe(2000n);
});

test('times in ISO-8601, in milliseconds and with a fraction are one instant', async () => {
  const { flows } = await imported(
    ['"2026-03-01T10:00:00.5Z"', '1772359200500', '1772359200.5', '"1772359200.5"', '"2026-03-01 10:00:00.5"']
      .map((ts, index) =>
        zeekNdjson([{ ...FLOW, 'id.orig_p': String(index + 1) }]).replace(/"ts":[\d.]+/, `"ts":${ts}`),
      )
      .join(''),
    'conn.json',
  );
  expect(flows.map(({ startedAt }) => startedAt)).toEqual(Array(5).fill(1_772_359_200_500_000n));
});
