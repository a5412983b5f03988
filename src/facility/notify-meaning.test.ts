import { expect, it } from 'vitest';
import { parseFacility } from './load.ts';

const yaml = (channel: string) =>
  `facility: { name: C }\nnetworks: { inside: [10.0.0.0/8] }\nnotify:\n  - ${channel}\n`;
const channels = (channel: string) => parseFacility(yaml(channel), 'weir.yaml', '/srv').notify;

it.each([
  [
    '{ name: f, kind: file, target: out/alerts.ndjson }',
    { kind: 'file', path: '/srv/out/alerts.ndjson', format: 'ocsf' },
  ],
  ['{ name: s, kind: syslog, target: "tcp://siem" }', { host: 'siem', port: 601, encrypted: false }],
  [
    '{ name: s, kind: syslog, target: "tls://[2001:db8::1]", format: ecs }',
    { host: '2001:db8::1', port: 6514, encrypted: true },
  ],
  [
    '{ name: w, kind: webhook, target: "https://h.example/x", secretEnv: KEY, tls: { ca: ca.pem } }',
    { signingKey: { env: 'KEY' }, token: undefined, tls: { caFile: '/srv/ca.pem' } },
  ],
  [
    '{ name: m, kind: smtp, target: "smtp://w%40x.org@mail", secretFile: pw, from: a@b.org, to: [c@d.org] }',
    { user: 'w@x.org', password: { file: '/srv/pw' }, port: 587, encrypted: false, to: ['c@d.org'] },
  ],
])('%s', (channel, expected) => {
  expect(channels(channel)).toMatchObject([expected]);
});

it.each([
  ['{ name: ../x, kind: file, target: a }', 'notify[0].name: must be of a-z'],
  ['{ name: s, kind: syslog, target: "udp://siem" }', 'notify[0].target: must be tcp://host:601'],
  ['{ name: s, kind: syslog, target: "tcp://siem:70000" }', 'notify[0].target: must be tcp://'],
  ['{ name: s, kind: syslog, target: "tcp://siem", to: [a@b.org] }', 'notify[0].to: belongs to smtp only'],
  ['{ name: w, kind: webhook, target: "https://h.example" }', 'notify[0].kind: a webhook is signed'],
  ['{ name: w, kind: webhook, target: "http://h.example", secretEnv: K }', 'anybody on the way reads'],
  [
    '{ name: w, kind: webhook, target: "https://u:p@h.example", secretEnv: K }',
    'must hold no user or password',
  ],
  ['{ name: w, kind: webhook, target: "https://h.example", secretEnv: K, secretFile: k }', 'not both'],
  [
    '{ name: m, kind: smtp, target: "smtps://u:pw@mail", secretEnv: K, from: a@b, to: [c@d] }',
    'without a password',
  ],
  ['{ name: m, kind: smtp, target: "smtps://u@mail", from: a@b, to: [c@d] }', 'name the password of u'],
  ['{ name: m, kind: smtp, target: "smtps://mail" }', 'smtp needs from and to'],
  [
    '{ name: m, kind: smtp, target: "smtps://mail", from: "a@b\\r\\nBcc: x@y", to: [c@d] }',
    'must be a bare mail address',
  ],
  ['{ name: s, kind: syslog, target: "tls://siem", tls: { cert: c.pem } }', 'cert and key belong together'],
  ['{ name: s, kind: syslog, target: "tls://siem", password: x }', 'unknown key'],
  ['{ name: a, kind: file, target: a }\n  - { name: a, kind: file, target: b }', 'is taken already'],
])('refuses %s', (channel, message) => {
  expect(() => channels(channel)).toThrow(message);
});
