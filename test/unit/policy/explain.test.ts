import { compilePolicy } from '../../../src/policy/compile.ts';
import type { Cap, CapKind, Decision } from '../../../src/policy/decision.ts';
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

test('the end of a token is a whole second, as `exp` is', () => {
  const { decision } = ask({ scope: 'openid', now: '2026-11-22T12:00:00.250Z' });
  expect(toBatchLine(1, decision).expiresAt).toBe('2026-11-22T13:00:00Z');
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
      'token until 2026-11-22T13:00:00Z (the usual lifetime) with scope: storage.read:/cta/open wlcg.groups',
    ].join('\n'),
  );
});

/** 12:20 in the morning of the worked examples. */
const cap = (kind: CapKind, rule: string | null = null): Cap => ({
  at: Date.parse('2026-11-22T12:20:00Z'),
  kind,
  rule,
});

/** The account of a decision made by hand. */
function told(decision: Partial<Decision>, short: Partial<ShortRequest> = {}): string[] {
  const asked = ask({ scope: 'storage.read:/cta', ...short });
  return explainText(asked.request, { ...asked.decision, groups: [], error: null, ...decision }).split('\n');
}

test('each part of a scope that was narrowed or expanded has a line, and so has what is left out', () => {
  const [a, b] = ['storage.read:/cta/open', 'storage.read:/cta/p17/calib'];
  const lines = told({
    scope: [a, b],
    expiresAt: Date.parse('2026-11-22T12:20:00Z'),
    cappedBy: cap('embargo-lifetime', 'p16'),
    verdicts: [
      {
        scope: 'storage.read:/cta',
        outcome: 'issued',
        as: [a, b],
        parts: [
          { scope: a, cap: cap('lifetime') },
          { scope: b, cap: cap('embargo-lifetime', 'p16') },
        ],
        left: [{ path: '/cta/p17', reason: 'embargoed', because: ['p17'] }],
        because: ['members-read', 'p17'],
      },
    ],
  });
  expect(lines.slice(1)).toEqual([
    '  storage.read:/cta: issued in part, by members-read p17',
    '    + storage.read:/cta/open',
    '    + storage.read:/cta/p17/calib, until 2026-11-22T12:20:00Z at most (longest token under embargo `p16`)',
    '    - /cta/p17: embargoed (closed by an embargo), by p17',
    'token until 2026-11-22T12:20:00Z (longest token under embargo `p16`) with scope: storage.read:/cta/open storage.read:/cta/p17/calib',
  ]);
});

test.each([
  ['grant', 'members-read', 'end of the right given by grant `members-read`'],
  ['admission', 'p17', 'end of the admission to embargo `p17`'],
  ['embargo', 'p17', 'beginning of embargo `p17`'],
  ['group', '/escape', 'end of the membership of group `/escape`'],
  ['flow', null, 'the bound of the flow'],
] as const)('an end set by %s is told with its rule', (kind, rule, words) => {
  const lines = told({ expiresAt: cap(kind).at, cappedBy: cap(kind, rule) });
  expect(lines.at(-1)).toContain(`token until 2026-11-22T12:20:00Z (${words})`);
});

test('a capability set that cannot be had whole is access_denied', () => {
  expect(told({ error: 'access_denied' }).at(-1)).toBe(
    'no token: access_denied (a capability set is issued whole or not at all)',
  );
});

test('the ceiling of the flow is told first', () => {
  const { request, decision } = ask({ scope: 'storage.read:/cta/open' });
  const ceiling = { flow: 'exchange', scopes: ['storage.read:/cta'], audiences: ['SEGMENT'] } as const;
  expect(explainText({ ...request, ceiling }, decision).split('\n')[1]).toBe(
    'within the scopes of the subject token, for `SEGMENT`: storage.read:/cta',
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
