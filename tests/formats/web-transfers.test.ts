import { expect, test } from 'vitest';
import { fixture, imported } from './transfer-samples.ts';

const TASK = {
  task_id: 'a1',
  type: 'TRANSFER',
  status: 'SUCCEEDED',
  owner_string: 'alice@example.org',
  source_endpoint_id: 'e-1',
  source_endpoint_display_name: 'Example Scratch',
  destination_endpoint_id: 'e-9',
  destination_endpoint_display_name: 'Somebody, Elsewhere',
  request_time: '2026-03-01T09:00:00+00:00',
  completion_time: '2026-03-01T10:00:00+00:00',
  bytes_transferred: 5_000_000_000_000,
};

test('Globus (documented fields): direction by the own ends, as an array, as lines, as CSV', async () => {
  const tasks = [
    TASK,
    { ...TASK, source_endpoint_id: 'e-9', destination_endpoint_id: 'e-1', bytes_transferred: 7 },
    { ...TASK, destination_endpoint_id: 'e-2' },
    { ...TASK, type: 'DELETE', bytes_transferred: 0 },
    { ...TASK, status: 'ACTIVE', completion_time: null },
    { ...TASK, source_endpoint_id: 'e-7' },
  ];
  const own = 'ownEndpoints: [e-1, e-2]';
  const expected = [
    {
      at: '2026-03-01T09:00:00Z 2026-03-01T10:00:00Z',
      who: 'alice@example.org',
      server: 'Example Scratch',
      peer: 'Somebody, Elsewhere',
      path: null,
      moved: 'out 5000000000000',
      by: 'globus',
    },
    expect.objectContaining({ moved: 'in 7' }),
  ];
  const left = ['globus.inside 1', 'globus.other tasks 1', 'globus.unfinished 1'];
  const reason = 'source_endpoint neither end is among `ownEndpoints:` of the sensor in weir.yaml';
  const array = await imported('t.json', JSON.stringify(tasks, null, 2), own);
  const lines = await imported('t.ndjson', tasks.map((task) => `${JSON.stringify(task)}\n`).join(''), own);
  const columns = Object.keys(TASK);
  const cell = (value: unknown) =>
    value === null ? '' : /[," ]/.test(String(value)) ? `"${value}"` : String(value);
  const csv = [columns.join(','), ...tasks.map((task) => Object.values(task).map(cell).join(','))];
  const table = await imported('t.csv', `${csv.join('\n')}\n`, own);
  for (const { transfers, leftAlone, rejects } of [array, lines, table]) {
    expect(transfers).toEqual(expected);
    expect(leftAlone).toEqual(left);
    expect(rejects.map((one) => one.replace(/^\d+ /, ''))).toEqual([reason]);
  }
});

test('Globus: without the own ends nothing can be told, and a whole answer is named as one', async () => {
  const { failed } = await imported('t.json', JSON.stringify([TASK]));
  expect(failed.join()).toMatch(/state `ownEndpoints:` in weir\.yaml/);
  const whole = await imported('t.json', JSON.stringify({ DATA: [TASK], limit: 1 }), 'ownEndpoints: [e-1]');
  expect(whole.failed.join()).toMatch(/jq -c/);
});

test('HTTP access log of nginx: parts count, names and agents forge nothing', async () => {
  const { transfers, rejects, leftAlone } = await imported('http-access.log', fixture('http-access.log'));
  expect(transfers.map(({ who, path, moved }) => [who, path, moved])).toEqual([
    ['alice', '/a%20file.bin', 'out 1048576'],
    ['alice', '/a%20file.bin', 'out 100'],
    ['alice', '/x%22%20200%20999%20%22y', 'out 6'],
  ]);
  expect(rejects).toEqual([]);
  expect(leftAlone).toEqual(['http.GET 4xx 1', 'http.PUT 4xx 1', 'http.other requests 1']);
});

test('HTTP access logs (documented lines): bodies sent; what is no download is counted apart', async () => {
  const { transfers, leftAlone, rejects } = await imported(
    'access.log',
    [
      '198.51.100.7 - alice [01/Mar/2026:10:00:00 +0100] "GET /data/a%20b HTTP/1.1" 200 1048576 "-" "pelican-client/7.0"',
      '2001:db8::7 - - [01/Mar/2026:09:00:01 +0000] "GET /data/c HTTP/2.0" 206 5',
      '198.51.100.7 - - [01/Mar/2026:09:00:02 +0000] "PUT /data/d HTTP/1.1" 201 0 "-" "curl"',
      '198.51.100.7 - - [01/Mar/2026:09:00:02 +0000] "GET /none HTTP/1.1" 404 99 "-" "x\\" 200 5"',
      '198.51.100.7 - - [01/Mar/2026:09:00:02 +0000] "\\x16\\x03" 400 0 "-" "-"',
      '198.51.100.7 - - [01/Mar/2026:09:00:02 +0000] nothing\n',
    ].join('\n'),
  );
  expect(transfers.map(({ at, who, path, moved }) => [at.slice(11, 19), who, path, moved])).toEqual([
    ['09:00:00', 'alice', '/data/a%20b', 'out 1048576'],
    ['09:00:01', null, '/data/c', 'out 5'],
  ]);
  expect(leftAlone).toEqual(['http.GET 4xx 1', 'http.PUT 2xx 1', 'http.other requests 1']);
  expect(rejects).toEqual(['6 not a line of the common or combined log format']);
});
