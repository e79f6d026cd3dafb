import type { PartyRecord } from '../../../src/lake/records.ts';
import type { Actor } from '../../../src/rules/actor.ts';
import {
  mayExtend,
  mayManage,
  mayManageParty,
  mayRelease,
  mayRemoveParty,
  maySeeEmbargo,
  maySeeGrant,
} from '../../../src/rules/permissions.ts';
import { embargoOf, user } from '../../support/rules.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const embargo = embargoOf({
  id: 'e',
  path: '/cta/p17',
  limits: { maxUntil: '2027-06-01T00:00:00Z' },
  parties: [
    { subject: 'user:alice', role: 'pi', actions: ['read', 'stage'] },
    { subject: 'group:/escape/p17', role: 'coi', actions: ['read'] },
    { subject: 'user:former', role: 'pi', actions: ['read'], until: '2026-11-22T12:00:00Z' },
  ],
});

const people = {
  admin: user('root', { roles: ['admin'] }),
  reader: user('carol', { roles: ['reader'] }),
  manager: user('dana', { roles: ['embargo-manager'], embargoPaths: ['/cta'] }),
  everywhere: user('eve', { roles: ['embargo-manager'] }),
  elsewhere: user('ska', { roles: ['embargo-manager'], embargoPaths: ['/ska', '/cta/p17/run', '/ct'] }),
  // Paths without the role are nothing.
  formerManager: user('fred', { embargoPaths: ['/cta'] }),
  pi: user('alice'),
  formerPi: user('former'),
  coi: user('bob', { groups: ['/escape/p17'] }),
  parentGroup: user('paul', { groups: ['/escape'] }),
  nobody: user('mallory'),
};
type Person = keyof typeof people;

/** Who of them may. */
const whoMay = (may: (actor: Actor) => boolean) =>
  (Object.keys(people) as Person[]).filter((name) => may(people[name]));
const managers: readonly Person[] = ['admin', 'manager', 'everywhere'];

test('an embargo is seen by administrators, readers, managers of its path and parties', () => {
  expect(whoMay((actor) => maySeeEmbargo(actor, embargo))).toEqual([
    'admin',
    'reader',
    'manager',
    'everywhere',
    'pi',
    'formerPi',
    'coi',
  ]);
});

test('whom the limits of an embargo name sees what it may extend or release', () => {
  for (const limits of [{ whoMayExtend: ['user:mallory' as const] }, { whoMayRelease: ['user:mallory' as const] }]) {
    expect(whoMay((actor) => maySeeEmbargo(actor, { ...embargo, limits }))).toContain('nobody');
  }
});

test('grants are seen by administrators and readers, and by managers where they manage', () => {
  expect(whoMay((actor) => maySeeGrant(actor, '/cta/p17'))).toEqual(['admin', 'reader', 'manager', 'everywhere']);
});

test('a manager manages at or below its paths, by whole segments', () => {
  expect(whoMay((actor) => mayManage(actor, '/cta/p17'))).toEqual(managers);
  expect(mayManage(people.manager, '/cta/p17', '/ska')).toBe(false);
  expect(mayManage(people.manager, '/')).toBe(false);
});

describe('extension', () => {
  const who = (end: string, limits = embargo.limits, more = {}) =>
    whoMay((actor) => mayExtend(actor, { ...embargo, limits, ...more }, Date.parse(end), now));

  test('up to the limit by a present PI, beyond it by managers', () => {
    expect(who('2027-06-01T00:00:00Z')).toEqual([...managers, 'pi']);
    expect(who('2027-06-01T00:00:01Z')).toEqual(managers);
  });

  test('without a limit only by managers', () => {
    expect(who('2027-02-01T00:00:00Z', null)).toEqual(managers);
  });

  test('by whom the record names, roles or subjects', () => {
    const limits = { maxUntil: '2027-06-01T00:00:00Z', whoMayExtend: ['coi' as const, 'user:mallory' as const] };
    expect(who('2027-02-01T00:00:00Z', limits)).toEqual([...managers, 'coi', 'nobody']);
  });

  test('not beyond a hard limit by a PI', () => {
    expect(who('2027-04-01T00:00:00Z', embargo.limits, { hardLimit: '2027-03-01T00:00:00Z' })).toEqual(managers);
  });
});

test('an early release is for managers, and for whom the record names', () => {
  expect(whoMay((actor) => mayRelease(actor, embargo, now))).toEqual(managers);
  const named = { ...embargo, limits: { whoMayRelease: ['pi' as const] } };
  expect(whoMay((actor) => mayRelease(actor, named, now))).toEqual([...managers, 'pi']);
});

describe('parties', () => {
  const party = (fields: Partial<PartyRecord>): PartyRecord => ({
    subject: 'user:new',
    role: 'coi',
    actions: ['read'],
    ...fields,
  });
  const whoAdds = (fields: Partial<PartyRecord>) =>
    whoMay((actor) => mayManageParty(actor, embargo, party(fields), now));

  test.each([
    ['a co-investigator with its own actions', {}, true],
    ['a collaboration', { role: 'collaboration' as const, actions: ['stage' as const] }, true],
    ['an action that it does not have', { actions: ['read' as const, 'modify' as const] }, false],
    ['another PI', { role: 'pi' as const }, false],
    ['a mover', { role: 'mover' as const }, false],
    ['longer tokens than the embargo allows', { maxTokenLifetimeSeconds: 3600 }, false],
  ])('a PI adds %s: %#', (_, fields, may) => {
    expect(whoAdds(fields)).toEqual(may ? [...managers, 'pi'] : managers);
  });

  test('a PI adds nobody for longer than it is one itself, not even itself', () => {
    const until = '2026-12-24T00:00:00Z';
    const bounded: typeof embargo = {
      ...embargo,
      parties: [
        { subject: 'user:alice', role: 'pi', actions: ['read'], until },
        { subject: 'group:/escape/p17', role: 'pi', actions: ['stage'] },
      ],
    };
    const mayAdd = (fields: Partial<PartyRecord>) => mayManageParty(people.pi, bounded, party(fields), now);
    expect(mayAdd({ until })).toBe(true);
    expect(mayAdd({})).toBe(false);
    expect(mayAdd({ subject: 'user:alice', until: '2026-12-24T00:00:01Z' })).toBe(false);
    const both = user('alice', { groups: ['/escape/p17'] });
    expect(mayManageParty(both, bounded, party({ actions: ['stage'] }), now)).toBe(true);
    expect(mayManageParty(both, bounded, party({ actions: ['read', 'stage'] }), now)).toBe(false);
  });

  test('a PI removes co-investigators and nobody else', () => {
    const whoRemoves = (one: PartyRecord) => whoMay((actor) => mayRemoveParty(actor, embargo, one, now));
    expect(whoRemoves(party({}))).toEqual([...managers, 'pi']);
    expect(whoRemoves(party({ role: 'mover' }))).toEqual(managers);
  });
});
