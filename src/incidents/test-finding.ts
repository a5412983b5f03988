import type { Finding } from './finding.ts';

/** A lead as it is told elsewhere: what tests of formats begin with. */
export const LEAD: Finding = {
  kind: 'lead',
  id: '202ffdc730695c98',
  facility: 'Centre',
  simulated: false,
  weirVersion: '0.1.0',
  asOf: 7,
  detectedAt: '2026-03-26T00:00:00Z',
  startedAt: { low: '2026-03-02', estimate: '2026-03-23', high: '2026-03-25' },
  amount: { of: 'day', observed: '964189653836', usual: '837801882229' },
  hosts: ['10.0.0.7'],
  principals: [],
  destinations: [],
  about: null,
  evidence: [{ channel: 'host/clip3/mean', logEvidence: 9.9, threshold: 9.7, since: '2026-03-23' }],
  leads: [],
  campaigns: [],
  incident: null,
  replaces: [],
  because: 'Host 10.0.0.7: 964 GB a day.',
  decision: null,
};
