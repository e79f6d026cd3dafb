/** A release takes place at one instant of UTC, whatever the clocks on the wall do (policy-semantics 2 and 10.6). */
import { compilePolicy } from '../../../src/policy/compile.ts';
import { resolve } from '../../../src/policy/resolve.ts';
import { policyFacts, policyRequest } from '../../support/policy-facts.ts';

function errorAt(until: string, milliseconds: number): string | null {
  const facts = policyFacts({
    storages: [{ name: 'SEGMENT' }],
    grants: [{ id: 'g', subject: 'user:bob', actions: ['read'], path: '/' }],
    embargoes: [{ id: 'e', path: '/closed', until }],
  });
  const now = new Date(Date.parse(until) + milliseconds).toISOString();
  const request = policyRequest({ principal: { user: 'bob' }, scope: 'storage.read:/closed', now });
  return resolve(compilePolicy(facts), request).error;
}

test.each([
  ['in winter', '2026-12-01T00:00:00Z'],
  ['when clocks in Europe go forward', '2026-03-29T01:00:00Z'],
  ['when clocks in Europe go back, the first time 02:00', '2026-10-25T00:00:00Z'],
  ['when clocks in Europe go back, the second time 02:00', '2026-10-25T01:00:00Z'],
  ['given with an offset of summer time', '2026-10-25T02:30:00+02:00'],
])('a release %s: closed until one second and one millisecond before, open from the instant on', (_, until) => {
  expect([-3_600_000, -1000, -1].map((at) => errorAt(until, at))).toEqual(Array(3).fill('invalid_scope'));
  expect([0, 1, 1000, 3_600_000].map((at) => errorAt(until, at))).toEqual(Array(4).fill(null));
});
