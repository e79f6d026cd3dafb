import type { PartyRecord } from '../../../src/lake/records.ts';
import { lostAdmissions, partyGrantChanges } from '../../../src/rules/party-grants.ts';
import { embargoOf, grantOf } from '../../support/rules.ts';

const party = (subject: PartyRecord['subject'], ...actions: PartyRecord['actions']): PartyRecord => ({
  subject,
  actions,
});
const embargo = (...parties: PartyRecord[]) => embargoOf({ id: 'e', path: '/x', parties });
const written = (id: string, subject: PartyRecord['subject']) => grantOf({ id, subject, path: '/x', embargo: 'e' });
const ids = ({ upserts, removals }: ReturnType<typeof partyGrantChanges>) => ({
  upserts: upserts.map(({ id }) => id),
  removals,
});

describe('grants of parties', () => {
  const alice = party('user:alice', 'read');
  const bob = party('user:bob', 'read');

  test('a new embargo writes one for each, under ids that nothing has used', () => {
    const changes = partyGrantChanges(null, embargo(alice, bob), [], (id) => id === 'e:1');
    expect(changes.upserts).toEqual([{ ...written('e:2', 'user:alice') }, { ...written('e:3', 'user:bob') }]);
  });

  test('a new party gets one, and one that was taken away by hand does not come back', () => {
    const changes = partyGrantChanges(embargo(alice), embargo(alice, bob), [], () => false);
    expect(changes.upserts.map(({ subject }) => subject)).toEqual(['user:bob']);
  });

  test('they go with their party, and with a withdrawal, and stay after a release', () => {
    const present = [written('e:1', 'user:alice'), written('e:2', 'user:bob')];
    const after = embargo(alice);
    expect(ids(partyGrantChanges(embargo(alice, bob), after, present, () => true))).toEqual({
      upserts: [],
      removals: ['e:2'],
    });
    expect(ids(partyGrantChanges(after, { ...after, state: 'withdrawn' }, present, () => true)).removals).toEqual([
      'e:1',
      'e:2',
    ]);
    expect(ids(partyGrantChanges(after, { ...after, state: 'released' }, present, () => true)).removals).toEqual([]);
  });

  test('they follow the path of the embargo', () => {
    const moved = { ...embargo(alice), path: '/y' };
    expect(partyGrantChanges(embargo(alice), moved, [written('e:1', 'user:alice')], () => true)).toEqual({
      upserts: [{ ...written('e:1', 'user:alice'), path: '/y' }],
      removals: [],
    });
  });

  test('a party with other actions gets another grant', () => {
    const changes = partyGrantChanges(
      embargo(alice),
      embargo(party('user:alice', 'read', 'stage')),
      [written('e:1', 'user:alice')],
      (id) => id === 'e:1',
    );
    expect(ids(changes)).toEqual({ upserts: ['e:2'], removals: ['e:1'] });
  });
});

describe('an admission is lost', () => {
  const alice = { ...party('user:alice', 'read', 'stage'), until: '2027-01-01T00:00:00Z' };

  test.each([
    ['when its entry goes', [], true],
    ['when an action goes', [party('user:alice', 'read')], true],
    ['when it ends earlier', [{ ...alice, until: '2026-12-01T00:00:00Z' }], true],
    ['when it begins later', [{ ...alice, from: '2026-12-01T00:00:00Z' }], true],
    ['not when it becomes larger', [party('user:alice', 'read', 'stage', 'poll')], false],
    ['not when another entry holds as much', [party('user:bob', 'read'), alice], false],
  ])('%s', (_, after, isLost) => {
    expect(lostAdmissions(embargo(alice), embargo(...after))).toEqual(isLost ? [alice] : []);
  });
});
