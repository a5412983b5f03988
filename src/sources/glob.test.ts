import { describe, expect, it } from 'vitest';
import { globBase, globMatcher } from './glob.ts';

describe('globMatcher', () => {
  const cases: [pattern: string, path: string, matches: boolean][] = [
    ['zeek-1/**', '/logs/zeek-1/2026/conn.log', true],
    ['zeek-1/**', '/logs/zeek-10/conn.log', false],
    ['./zeek-1/*.log', '/logs/zeek-1/conn.log', true],
    ['zeek-1/*.log', '/logs/zeek-1/a/conn.log', false],
    ['**/conn.log', '/logs/conn.log', true],
    ['**/conn.log', '/logs/a/b/conn.log', true],
    ['**/conn.log', '/logs/a/myconn.log', false],
    ['/var/log/**/conn.*', '/var/log/conn.07:00:00-08:00:00.log.gz', true],
    ['conn.?.log', '/logs/conn.1.log', true],
    ['conn.?.log', '/logs/conn.12.log', false],
    ['conn.[0-2].log', '/logs/conn.2.log', true],
    ['conn.[!0-2].log', '/logs/conn.2.log', false],
    ['conn.[!0-2].log', '/logs/conn.3.log', true],
    ['{conn,ssl}*.{log,log.gz}', '/logs/ssl.1.log.gz', true],
    ['{conn,ssl}*.{log,log.gz}', '/logs/dns.log', false],
    ['a+(b).log', '/logs/a+(b).log', true],
    ['a+(b).log', '/logs/aab.log', false],
    ['日志-?.log', '/logs/日志-😀.log', true],
    ['a{b', '/logs/a{b', true],
    ['[', '/logs/[', true],
  ];
  it.each(cases)('%s against %s: %s', (pattern, path, matches) => {
    expect(globMatcher(pattern, '/logs')(path)).toBe(matches);
  });
});

describe('globBase', () => {
  it('is the folder above the first wildcard', () => {
    expect(globBase('a/b*/c', '/logs')).toBe('/logs/a');
    expect(globBase('/x/{y,z}/c', '/logs')).toBe('/x');
    expect(globBase('*', '/')).toBe('/');
  });
});
