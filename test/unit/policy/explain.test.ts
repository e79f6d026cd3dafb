import { compilePolicy } from '../../../src/policy/compile.ts';
import { explainText, toBatchLine } from '../../../src/policy/explain.ts';
import { resolve } from '../../../src/policy/resolve.ts';
import { policyFacts, policyRequest, type ShortRequest } from '../../support/policy-facts.ts';

const policy = compilePolicy(
  policyFacts({
    groups: [{ path: '/escape', default: true }],
    storages: [{ name: 'SEGMENT' }],
    grants: [
      { id: 'members-read', subject: 'group:/escape', actions: ['read'], path: '/' },
      { id: 'crawler', subject: 'client:catalogue', actions: ['read'], path: '/' },
    ],
    embargoes: [{ id: 'p17', path: '/cta/p17', until: '2027-01-01T00:00:00Z' }],
  }),
);
const bob = { user: 'bob', groups: ['/escape'] };

function ask(short: Partial<ShortRequest> & { scope: string }) {
  const request = policyRequest({ principal: bob, ...short });
  return { request, decision: resolve(policy, request) };
}

test('a line of a batch has what is granted, refused and why, and the end in UTC', () => {
  const { decision } = ask({ scope: 'storage.read:/cta/open storage.read:/cta/p17 wlcg.groups openid' });
  expect(JSON.parse(JSON.stringify(toBatchLine('row 1', decision)))).toEqual({
    id: 'row 1',
    granted: ['storage.read:/cta/open'],
    groups: ['/escape'],
    refused: [{ scope: 'storage.read:/cta/p17', reason: 'embargoed' }],
    expiresAt: '2026-11-22T13:00:00Z',
    error: null,
    because: ['members-read', 'p17'],
  });
});

test('a refused request has no end, and the id comes back as it was', () => {
  const { decision } = ask({ scope: 'storage.read:/cta/p17' });
  expect(toBatchLine(7, decision)).toMatchObject({ id: 7, granted: [], expiresAt: null, error: 'invalid_scope' });
});

test('a fraction of a second is kept', () => {
  const { decision } = ask({ scope: 'openid', now: '2026-11-22T12:00:00.250Z' });
  expect(toBatchLine(1, decision).expiresAt).toBe('2026-11-22T13:00:00.250Z');
});

test('the account for a terminal says for each scope what becomes of it and which rule decided', () => {
  const { request, decision } = ask({
    scope: 'storage.read://cta/open/ storage.read:/cta/open/x storage.read:/cta/p17 wlcg.groups',
  });
  expect(explainText(request, decision)).toBe(
    [
      'user `bob` through client `portal`, for `SEGMENT`, at 2026-11-22T12:00:00Z',
      '  storage.read://cta/open/: issued as storage.read:/cta/open, by members-read',
      '  storage.read:/cta/open/x: contained in storage.read:/cta/open, by members-read',
      '  storage.read:/cta/p17: refused, embargoed (closed by an embargo), by p17',
      '  wlcg.groups: issued',
      'groups in the token: /escape',
      'token until 2026-11-22T13:00:00Z with scope: storage.read:/cta/open wlcg.groups',
    ].join('\n'),
  );
});

test('it says so when the request is refused as a whole', () => {
  const { request, decision } = ask({
    principal: { client: 'catalogue' },
    audiences: [],
    scope: 'openid storage.read:/cta/p17',
  });
  expect(explainText(request, decision)).toBe(
    [
      'client `catalogue` for itself, for no audience, at 2026-11-22T12:00:00Z',
      '  openid: not issued, as the request is refused',
      '  storage.read:/cta/p17: refused, embargoed (closed by an embargo), by p17',
      'no token: invalid_scope',
    ].join('\n'),
  );
});

test('it says so when nothing remains, and when nothing was asked', () => {
  const unknown = ask({ scope: 'unknown' });
  expect(explainText(unknown.request, unknown.decision)).toContain('no token: nothing remains of what was asked');
  const nothing = ask({ scope: '' });
  expect(explainText(nothing.request, nothing.decision)).toContain('with scope: (none)');
});
