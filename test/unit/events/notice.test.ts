/** Notices 30 and 7 days before the end of an embargo, and the release (policy-semantics, section 7). */
import { findConcerned, findDueNotice, type Notice } from '../../../src/events/notice.ts';

const end = Date.parse('2026-12-31T00:00:00Z');
const day = 86_400_000;

test.each<[string, number, Notice | null]>([
  ['31 days before', end - 31 * day, null],
  ['a millisecond before the 30 days', end - 30 * day - 1, null],
  ['30 days before', end - 30 * day, 'ending-30'],
  ['8 days before', end - 8 * day, 'ending-30'],
  ['7 days before', end - 7 * day, 'ending-7'],
  ['a millisecond before the end', end - 1, 'ending-7'],
  ['at the end', end, 'released'],
  ['years later', end + 1000 * day, 'released'],
])('%s the notice that is due is that of this time only', (_, now, notice) => {
  expect(findDueNotice(end, now, [])).toBe(notice);
});

test('a notice that was given is not due again, whichever came before', () => {
  expect(findDueNotice(end, end - 20 * day, ['ending-30'])).toBeNull();
  expect(findDueNotice(end, end - 5 * day, ['ending-30'])).toBe('ending-7');
  expect(findDueNotice(end, end - 5 * day, ['ending-7'])).toBeNull();
  expect(findDueNotice(end, end + day, ['ending-30', 'ending-7'])).toBe('released');
  expect(findDueNotice(end, end + day, ['released'])).toBeNull();
});

test('the end concerns each subject of the present parties once', () => {
  const parties = [
    { subject: 'user:alice' },
    { subject: 'group:/escape/cta', until: null },
    { subject: 'user:alice', until: '2027-01-01T00:00:00Z' },
    { subject: 'user:gone', until: '2026-12-30T00:00:00Z' },
  ];
  expect(findConcerned(parties, end)).toEqual(['user:alice', 'group:/escape/cta']);
});
