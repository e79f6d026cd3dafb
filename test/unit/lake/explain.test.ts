import type { Account } from '../../../src/accounts/account.ts';
import { registeredClient } from '../../../src/clients/definition.ts';
import { type ExplainView, explain } from '../../../src/lake/explain.ts';
import { answerBatchLine, readBatchLine } from '../../../src/lake/explain-batch.ts';
import { defaultPolicySettings } from '../../../src/lake/policy-defaults.ts';
import { compilePolicy } from '../../../src/policy/compile.ts';

const now = Date.parse('2026-11-22T12:00:00.750Z');
const always = { from: null, until: null };

const bob: Account = {
  id: 'bob-id',
  username: 'bob',
  name: null,
  email: null,
  roles: [],
  state: 'active',
  endsAt: now + 10_000,
  memberships: [{ group: '/escape', ...always }],
};

const client = registeredClient(
  { clientId: 'c', secretHash: null, memberships: [] },
  { scopes: ['storage.read:/', 'openid'], accessTokenLifetimeSeconds: 900 },
);

const view: ExplainView = {
  policy: compilePolicy({
    version: 7,
    settings: defaultPolicySettings,
    groups: [{ path: '/escape', isDefault: true, capabilitySet: null }],
    storages: [],
    namespace: [],
    grants: [{ id: 'own', subject: 'client:c', actions: ['read'], path: '/', audiences: null, ...always }],
    embargoes: [],
  }),
  clients: new Map([['c', client]]),
  accounts: new Map([['bob', bob]]),
};

const answer = (line: unknown) =>
  answerBatchLine(view, readBatchLine(typeof line === 'string' ? line : JSON.stringify(line), now));

describe('explaining what would be issued', () => {
  test('a client without a user acts for itself, now, for the life of its tokens, in whole seconds', () => {
    expect(answer({ id: 1, client: 'c', scope: 'storage.read:/a' })).toEqual({
      id: 1,
      granted: ['storage.read:/a'],
      groups: [],
      refused: [],
      expiresAt: '2026-11-22T12:15:00Z',
      error: null,
      because: ['own'],
    });
  });

  test('a client’s own grants do not count for its users', () => {
    const line = answer({ id: 2, user: 'bob', client: 'c', scope: 'storage.read:/a' });
    expect(line).toMatchObject({
      granted: [],
      refused: [{ scope: 'storage.read:/a', reason: 'no-grant' }],
      error: 'invalid_scope',
    });
  });

  test('an account that has ended cannot ask any more', () => {
    const later = { user: 'bob', client: 'c', audiences: [], scopes: ['openid'], at: now + 10_000 };
    expect(explain(view, later)).toEqual({ ok: false, error: 'account `bob` is suspended or has ended' });
    expect(explain(view, { ...later, at: now }).ok).toBe(true);
  });

  test('blanks between audiences and scopes do not count, and nothing asked is nothing refused', () => {
    expect(answer({ id: 3, client: 'c', scope: '  ', audience: ' a  b ' })).toMatchObject({
      granted: [],
      refused: [],
      error: null,
    });
  });

  test('a subject token is the ceiling of an exchange at the audiences now asked, and the latest end', () => {
    const asked = { user: null, client: 'c', audiences: ['a'], scopes: ['storage.read:/x'], at: now };
    const subject = { subjectScopes: ['storage.read:/'], subjectExpiresAt: now + 60_000 };
    const told = explain(view, { ...asked, ...subject });
    expect(told.ok && told.value.request).toMatchObject({
      ceiling: { flow: 'exchange', scopes: ['storage.read:/'], audiences: ['a'] },
      expiresAtMost: Date.parse('2026-11-22T12:01:00Z'),
    });
    const elsewhere = explain(view, { ...asked, ...subject, subjectAudiences: ['b'] });
    expect(elsewhere.ok && elsewhere.value.request.ceiling?.audiences).toEqual(['b']);
    const without = explain(view, asked);
    expect(without.ok && without.value.request.ceiling).toBeUndefined();
  });

  test.each([
    ['no JSON', 'x', 'the line is not a JSON object'],
    ['a list', '[]', 'the line is not a JSON object'],
    ['no client', { id: 1, scope: 'openid' }, '`client` is missing, expected a client id'],
    ['a scope that is a list', { client: 'c', scope: ['openid'] }, '`scope` is not a text'],
    [
      'an instant without a zone',
      { client: 'c', scope: '', at: '2026-01-01T00:00:00' },
      expect.stringContaining('`at` is not an instant'),
    ],
    [
      'an instant that is none',
      { client: 'c', scope: '', at: '2026-13-01T00:00:00Z' },
      expect.stringContaining('`at` is not an instant'),
    ],
    [
      'an end of the subject token that is none',
      { client: 'c', scope: '', subjectExpiresAt: 'soon' },
      expect.stringContaining('`subjectExpiresAt` is not an instant'),
    ],
    [
      'an audience of a subject token without its scopes',
      { client: 'c', scope: '', subjectAudience: 'a' },
      '`subjectAudience` says where `subjectScope` counts, expected both',
    ],
    ['an unknown client', { client: 'constructor', scope: '' }, 'client `constructor` not known, or suspended'],
    ['an unknown user', { client: 'c', user: '__proto__', scope: '' }, 'account `__proto__` not known'],
  ])('a line with %s gets an answer that says so', (_, line, message) => {
    expect(answer(line)).toMatchObject({ granted: [], refused: [], expiresAt: null, error: 'invalid_scope', message });
  });
});
