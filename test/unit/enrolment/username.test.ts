import { usernameBase, usernameCandidates } from '../../../src/enrolment/username.ts';

test.each([
  [{ username: 'Ada.L' }, 'ada.l'],
  [{ givenName: 'Ada', familyName: 'Lovelace' }, 'alovelace'],
  [{ givenName: 'Jürgen', familyName: 'Groß' }, 'jgross'],
  [{ name: 'Grace Brewster Hopper' }, 'hopper'],
  [{ username: '../../etc' }, 'etc'],
  [{ username: '<b>', givenName: '', familyName: '' }, 'mail.box'],
  [{ givenName: '爱', familyName: '达' }, 'mail.box'],
  [{}, 'mail.box'],
])('of %j and a mail address a username is made', (values, expected) => {
  expect(usernameBase({ values, email: 'Mail.Box@example.org' })).toBe(expected);
});

test('a base without anything usable is still a username', () => {
  expect(usernameBase({ values: {}, email: '1@example.org' })).toBe('member');
});

test('further ones have numbers', () => {
  const candidates = usernameCandidates('ada');
  expect([candidates.next().value, candidates.next().value, candidates.next().value]).toEqual(['ada', 'ada2', 'ada3']);
});
