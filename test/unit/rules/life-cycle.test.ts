import { mayBecome, phaseOf } from '../../../src/rules/life-cycle.ts';
import { embargoOf } from '../../support/rules.ts';

const at = (instant: string) => Date.parse(instant);

describe('where an embargo stands (policy-semantics 7)', () => {
  const embargo = embargoOf({ id: 'e', path: '/x', from: '2026-06-01T00:00:00Z', until: '2027-01-01T00:00:00Z' });

  test.each([
    ['2026-05-31T23:59:59.999Z', 'scheduled'],
    ['2026-06-01T00:00:00Z', 'active'],
    ['2026-12-31T23:59:59.999Z', 'active'],
    ['2027-01-01T00:00:00Z', 'released'],
  ])('at %s it is %s', (instant, phase) => {
    expect(phaseOf(embargo, at(instant))).toBe(phase);
  });

  test('one that lasts until an event ends at its hard limit', () => {
    const event = { ...embargo, until: null, hardLimit: '2026-09-01T00:00:00Z' };
    expect(phaseOf(event, at('2026-08-31T00:00:00Z'))).toBe('active');
    expect(phaseOf(event, at('2026-09-01T00:00:00Z'))).toBe('released');
  });

  test.each(['draft', 'released', 'withdrawn'] as const)('a date does not change what is %s', (state) => {
    expect(phaseOf({ ...embargo, state }, at('2027-02-01T00:00:00Z'))).toBe(state);
  });
});

test('the only ways are draft to active, and on to released or withdrawn', () => {
  const states = ['draft', 'active', 'released', 'withdrawn'] as const;
  const ways = states.flatMap((from) => states.filter((to) => mayBecome(from, to)).map((to) => `${from} ${to}`));
  expect(ways).toEqual(['draft active', 'draft withdrawn', 'active released', 'active withdrawn']);
});
