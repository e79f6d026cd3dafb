/** The end of an access in words. */
import { expiryOf } from '../../../src/http/pages/expiry.ts';
import type { CapKind } from '../../../src/policy/decision.ts';

const at = Date.parse('2026-11-22T12:20:59Z');

test('is a date in UTC, rounded down to the minute', () => {
  const expiry = expiryOf({ expiresAt: at, cappedBy: { at, kind: 'lifetime', rule: null } });
  expect(expiry).toEqual({ instant: '2026-11-22T12:20:59.000Z', text: '22 November 2026, 12:20 UTC', reason: null });
  expect(expiryOf({ expiresAt: Date.parse('2026-01-01T00:00:00Z'), cappedBy: null })?.text).toBe(
    '1 January 2026, 00:00 UTC',
  );
});

test('is none when nothing would be issued', () => {
  expect(expiryOf({ expiresAt: null, cappedBy: null })).toBeNull();
});

test.each([
  ['flow', 'The access of the service as a whole ends then.'],
  ['grant', 'Your right to some of these data ends soon after.'],
  ['admission', 'Your access to data under embargo ends soon after.'],
  ['embargo', 'Some of these data come under embargo soon after.'],
  ['embargo-lifetime', 'Some of these data are under embargo: access to them is given for short times.'],
] as const)('a cap by %s has a reason that names no rule', (kind: CapKind, reason) => {
  expect(expiryOf({ expiresAt: at, cappedBy: { at, kind, rule: 'secret' } })?.reason).toBe(reason);
});

test('a cap by the end of a membership names the group, which is the user’s own', () => {
  const cappedBy = { at, kind: 'group', rule: '/escape/cta' } as const;
  expect(expiryOf({ expiresAt: at, cappedBy })?.reason).toBe(
    'Your membership of the group /escape/cta ends soon after.',
  );
});
