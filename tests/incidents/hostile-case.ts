import type { IncidentCase } from '../../src/incidents/case.ts';
import { exampleCase, STORY, sentence, signalOn } from './example-case.ts';

/** What somebody who means harm may call a host, a file or himself. */
export const HOSTILE = `</style><script>alert('x')</script><img src=//evil.example onerror="1">&\u202egnp.exe\u0000\r\n=cmd|' /C calc'!A0`;

/** Returns a case whose every name and word comes from somebody who means harm. */
export function hostileCase(): IncidentCase {
  const hostile = STORY.map((each) => ({
    ...each,
    said: {
      ...each.said,
      by: HOSTILE,
      text: HOSTILE,
      ...(each.said.verb === 'open' ? { title: HOSTILE } : {}),
    },
  }));
  const signal = sentence(11, '2026-03-31T00:00:00Z', 'note', {
    signals: [signalOn('2026-03-25', HOSTILE, HOSTILE)],
    references: { campaigns: [], leads: [], claims: [HOSTILE] },
  });
  const plain = exampleCase();
  const [campaign, row, cut, flow, lead] = [
    plain.campaigns[0],
    plain.traffic[0],
    plain.sheet.rows[0],
    plain.flows[0],
    plain.leads[0],
  ];
  if (!campaign || !row || !cut || !flow || !lead) throw new Error('the example has none');
  const told = exampleCase({ facility: HOSTILE }, [...hostile, signal]);
  return {
    ...told,
    campaigns: [{ ...campaign, hosts: [HOSTILE], destinations: [HOSTILE], because: HOSTILE }],
    leads: [{ ...lead, entity: HOSTILE, because: HOSTILE }],
    traffic: [
      { ...row, host: HOSTILE, destination: HOSTILE, principal: HOSTILE, service: HOSTILE, path: HOSTILE },
    ],
    people: plain.people.map((each) => ({ ...each, principal: HOSTILE, bases: [HOSTILE], command: HOSTILE })),
    tenants: plain.tenants.map((each) => ({
      ...each,
      tenant: HOSTILE,
      principals: [HOSTILE],
      command: HOSTILE,
    })),
    sheet: { ...told.sheet, rows: [{ ...cut, name: HOSTILE, command: HOSTILE }] },
    flows: [{ ...flow, file: HOSTILE, uid: HOSTILE, from: HOSTILE }],
  };
}
