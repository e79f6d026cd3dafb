import type { PartyRecord } from '../../../src/lake/records.ts';
import { closesMore, earliestStart, findOpenings, startsAtOnce } from '../../../src/rules/open-data.ts';
import { embargoOf, grantOf } from '../../support/rules.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const embargo = embargoOf({ id: 'e', path: '/cta/p17' });
const openings = (
  fields: Parameters<typeof embargoOf>[0],
  grants: readonly Parameters<typeof grantOf>[0][],
  others: readonly Parameters<typeof embargoOf>[0][] = [],
) =>
  findOpenings(embargoOf(fields), { grants: grants.map(grantOf), embargoes: others.map(embargoOf) }, now).map(
    ({ id }) => id,
  );

describe('what opens the path of an embargo now', () => {
  const group = 'group:/escape' as const;

  test('a grant above, at or below it, and none beside it', () => {
    const grants = ['/', '/cta', '/cta/p17', '/cta/p17/run', '/cta/p1', '/cta/p170'].map((path) => ({
      id: path,
      subject: group,
      path,
    }));
    expect(openings({ id: 'e', path: '/cta/p17' }, grants)).toEqual(['/', '/cta', '/cta/p17', '/cta/p17/run']);
  });

  test('a grant counts while it is in force, for an action that is closed, and outside of exempt paths', () => {
    const grants = [
      { id: 'ended', subject: group, path: '/cta', until: '2026-11-22T12:00:00Z' },
      { id: 'later', subject: group, path: '/cta', from: '2026-11-22T12:00:01Z' },
      { id: 'poll', subject: group, path: '/cta', actions: ['poll' as const] },
      { id: 'stage', subject: group, path: '/cta', actions: ['stage' as const] },
      { id: 'calib', subject: group, path: '/cta/p17/calib/run' },
    ];
    const fields = { id: 'e', path: '/cta/p17', exempt: ['/cta/p17/calib'], actions: ['read' as const] };
    // Staging conveys reading.
    expect(openings(fields, grants)).toEqual(['stage']);
  });

  test('a grant of a party counts unless it is admitted for all that the grant conveys', () => {
    const grants = [{ id: 'g', subject: group, path: '/cta', actions: ['stage' as const] }];
    const withActions = (...actions: ('read' | 'stage' | 'poll')[]) =>
      openings({ id: 'e', path: '/cta/p17', parties: [{ subject: group, actions }] }, grants);
    expect(withActions('stage', 'poll')).toEqual(['g']);
    expect(withActions('stage', 'poll', 'read')).toEqual([]);
  });

  test('nothing is open below an active embargo, but below a draft or one that only begins', () => {
    const grants = [{ id: 'g', subject: group, path: '/cta' }];
    const outer = { id: 'outer', path: '/cta' };
    expect(openings({ id: 'e', path: '/cta/p17' }, grants, [outer])).toEqual([]);
    expect(openings({ id: 'e', path: '/cta/p17' }, grants, [{ ...outer, state: 'draft' }])).toEqual(['g']);
    expect(openings({ id: 'e', path: '/cta/p17' }, grants, [{ ...outer, from: '2026-11-22T12:00:01Z' }])).toEqual([
      'g',
    ]);
    expect(openings({ id: 'e', path: '/cta/p17' }, grants, [{ ...outer, exempt: ['/cta/p17'] }])).toEqual(['g']);
    expect(openings({ id: 'e', path: '/cta/p17' }, grants, [{ ...outer, actions: ['modify'] }])).toEqual(['g']);
  });

  test('what an active embargo leaves to its own parties is open, unless they are parties again', () => {
    const grants = [{ id: 'all', subject: group, path: '/' }];
    const team: PartyRecord = { subject: 'user:alice', actions: ['read'] };
    const outer = (fields: Partial<typeof embargo>) => [{ id: 'outer', path: '/cta', ...fields }];
    const inner = { id: 'e', path: '/cta/p17' };
    expect(openings(inner, grants, outer({ parties: [team] }))).toEqual(['all']);
    expect(openings({ ...inner, parties: [team] }, grants, outer({ parties: [team] }))).toEqual([]);
    expect(openings(inner, grants, outer({ parties: [{ ...team, until: '2026-11-22T12:00:00Z' }] }))).toEqual([]);
    const grantOfBob = [{ id: 'bob', subject: 'user:bob' as const, path: '/' }];
    expect(openings(inner, grantOfBob, outer({ parties: [team] }))).toEqual([]);
  });

  test('what is exempt from an active embargo is open', () => {
    const grants = [{ id: 'all', subject: group, path: '/' }];
    const outer = [{ id: 'outer', path: '/cta', exempt: ['/cta/p17/calib'] }];
    expect(openings({ id: 'e', path: '/cta/p17' }, grants, outer)).toEqual(['all']);
    expect(openings({ id: 'e', path: '/cta/p17', exempt: ['/cta/p17/calib'] }, grants, outer)).toEqual([]);
    expect(openings({ id: 'e', path: '/cta/p18' }, grants, outer)).toEqual([]);
  });

  test('an embargo that is changed does not hide its own path', () => {
    expect(openings({ id: 'e', path: '/cta/p17' }, [{ id: 'g', subject: group, path: '/cta' }], [embargo])).toEqual([
      'g',
    ]);
  });
});

test('an embargo begins late enough after the longest token and the guard', () => {
  const settings = { guardSeconds: 120, minLifetimeSeconds: 300, maxTokenLifetimeSeconds: 21_540 };
  expect(new Date(earliestStart(settings, now)).toISOString()).toBe('2026-11-22T18:01:00.000Z');
  expect(startsAtOnce({ ...embargo, from: '2026-11-22T18:01:00Z' }, settings, now)).toBe(false);
  expect(startsAtOnce({ ...embargo, from: '2026-11-22T18:00:59Z' }, settings, now)).toBe(true);
  expect(startsAtOnce(embargo, settings, now)).toBe(true);
});

describe('a change closes more', () => {
  const before = embargoOf({
    id: 'e',
    path: '/cta/p17',
    from: '2026-06-01T00:00:00Z',
    exempt: ['/cta/p17/calib/raw'],
    actions: ['read'],
  });

  test.each([
    ['a new one', null, before, true],
    ['a draft that becomes active', { ...before, state: 'draft' as const }, before, true],
    ['another path', before, { ...before, path: '/cta/p18' }, true],
    ['one more action', before, { ...before, actions: ['read' as const, 'stage' as const] }, true],
    ['an exempt path less', before, { ...before, exempt: [] }, true],
    ['an earlier beginning', before, { ...before, from: null }, true],
    ['the same', before, before, false],
    ['a wider exempt path', before, { ...before, exempt: ['/cta/p17/calib'] }, false],
    ['a later end', before, { ...before, until: '2028-01-01T00:00:00Z' }, false],
    ['a later beginning', before, { ...before, from: '2026-12-01T00:00:00Z' }, false],
    ['a draft', null, { ...before, state: 'draft' as const }, false],
    ['a release', before, { ...before, state: 'released' as const }, false],
  ])('%s', (_, old, after, expected) => {
    expect(closesMore(old, after)).toBe(expected);
  });
});
