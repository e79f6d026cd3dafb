/** What a consent page says of a decision, path by path. */
import { refusedRows, scopeRows } from '../../../src/http/pages/scope-rows.ts';
import type { Cap, Decision, LeftPart, ScopeVerdict } from '../../../src/policy/decision.ts';

const usual: Cap = { at: 3_600_000, kind: 'lifetime', rule: null };
const early: Cap = { at: 1_200_000, kind: 'embargo-lifetime', rule: 'secret-embargo' };

function issued(
  scope: string,
  as: readonly string[] = [scope],
  left: readonly LeftPart[] = [],
  cap = usual,
): ScopeVerdict {
  return { scope, outcome: 'issued', as, parts: as.map((part) => ({ scope: part, cap })), left, because: [] };
}

function decision(verdicts: readonly ScopeVerdict[], more: Partial<Decision> = {}): Decision {
  const scope = verdicts.flatMap((verdict) => (verdict.outcome === 'issued' ? verdict.as : []));
  const refused = verdicts.flatMap((verdict) =>
    verdict.outcome === 'refused' ? [{ scope: verdict.scope, reason: verdict.reason }] : [],
  );
  const nothing = { granted: [], groups: [], error: null, because: [], policyVersion: 1 };
  return { ...nothing, scope, refused, verdicts, expiresAt: usual.at, cappedBy: usual, ...more };
}

test('a scope that is issued whole has the token as it is issued, and nothing more', () => {
  const [row] = scopeRows(decision([issued('storage.read://cta//open/', ['storage.read:/cta/open'])]));
  expect(row).toMatchObject({
    scope: 'storage.read://cta//open/',
    sentence: 'Read files below /cta/open',
    code: 'storage.read:/cta/open',
    parts: [],
    left: [],
    notes: [],
  });
});

test('a scope that was narrowed has each path that is issued, and each that is left out with its reason', () => {
  const left: LeftPart[] = [{ path: '/cta/p17', reason: 'embargoed', because: ['secret-embargo'] }];
  const [row] = scopeRows(
    decision([issued('storage.read:/cta', ['storage.read:/cta/open', 'storage.read:/cta/b'], left)]),
  );
  expect(row).toMatchObject({
    code: null,
    partsLead: 'Given for these 2 parts:',
    parts: [
      { sentence: null, code: '/cta/open' },
      { sentence: null, code: '/cta/b' },
    ],
    left: [{ path: '/cta/p17', isRest: false, reason: 'These data are under embargo.' }],
  });
  expect(JSON.stringify(row)).not.toContain('secret-embargo');
});

test('one path that stands for a broader one is told as a part', () => {
  const [row] = scopeRows(
    decision([
      issued('storage.modify:/', ['storage.modify:/ska/scratch'], [{ path: '/', reason: 'partial', because: [] }]),
    ]),
  );
  expect(row).toMatchObject({
    code: null,
    partsLead: 'Given for a part only:',
    parts: [{ code: '/ska/scratch' }],
    left: [{ path: '/', isRest: true }],
  });
});

test('a path below the one that was asked is told as a part, also when nothing is said of the rest', () => {
  const [row] = scopeRows(decision([issued('storage.create:/', ['storage.create:/dune/'])]));
  expect(row).toMatchObject({
    code: null,
    partsLead: 'Given for a part only:',
    parts: [{ code: '/dune/' }],
    notes: ['The rest is not yours to allow, or not for this service.'],
  });
  const [slash] = scopeRows(decision([issued('storage.create:/dune', ['storage.create:/dune/'])]));
  expect(slash).toMatchObject({ code: 'storage.create:/dune/', parts: [] });
});

test('of fifty paths eight are shown at once and the others folded, none is lost', () => {
  const as = Array.from({ length: 50 }, (_, index) => `storage.read:/d${index}`);
  const [row] = scopeRows(decision([issued('storage.read:/', as)]));
  expect(row?.parts).toHaveLength(8);
  expect([...(row?.parts ?? []), ...(row?.moreParts ?? [])].map(({ code }) => `storage.read:${code}`)).toEqual(as);
});

test('a capability set is told by its members, in sentences (W-CAP-4)', () => {
  const [row] = scopeRows(decision([issued('wlcg.capabilityset:/dune', ['storage.read:/dune', 'compute.create'])]));
  expect(row).toMatchObject({
    scope: 'wlcg.capabilityset:/dune',
    code: null,
    partsLead: 'That is:',
    parts: [
      { sentence: 'Read files below /dune', code: 'storage.read:/dune' },
      { sentence: 'Start computing jobs for you', code: 'compute.create' },
    ],
  });
});

test('a scope inside another is shown as such', () => {
  const inner: ScopeVerdict = {
    scope: 'storage.read:/a/b',
    outcome: 'contained',
    as: ['storage.read:/a'],
    because: [],
  };
  expect(scopeRows(decision([issued('storage.read:/a'), inner]))[1]).toMatchObject({
    code: 'storage.read:/a/b',
    notes: ['Included in storage.read:/a'],
  });
});

test('the scope that makes the access end early says so, unless it is the only one', () => {
  const short = issued('storage.read:/b', ['storage.read:/b'], [], early);
  const capped = { expiresAt: early.at, cappedBy: early };
  const rows = scopeRows(decision([issued('storage.read:/a'), short], capped));
  expect(rows.map(({ notes }) => notes)).toEqual([[], ['Without this, the access would last longer.']]);
  expect(scopeRows(decision([short], capped))[0]?.notes).toEqual([]);
});

test('the groups that a token will name are told once', () => {
  const rows = scopeRows(decision([issued('wlcg.groups:/vo/b'), issued('wlcg.groups')], { groups: ['/vo/b', '/vo'] }));
  expect(rows.map(({ notes }) => notes)).toEqual([['It will see: /vo/b /vo'], []]);
});

test('what is refused is no row to choose, and is told with its reason', () => {
  const refused: ScopeVerdict = {
    scope: 'wlcg.groups:/vo/p17',
    outcome: 'refused',
    reason: 'embargo-group',
    because: [],
  };
  const decided = decision([issued('storage.read:/a'), refused]);
  expect(scopeRows(decided).map(({ scope }) => scope)).toEqual(['storage.read:/a']);
  expect(refusedRows(decided)).toEqual([
    {
      scope: 'wlcg.groups:/vo/p17',
      sentence: 'Know that you are in the group /vo/p17',
      reason: 'This group cannot be named together with storage access.',
    },
  ]);
});
