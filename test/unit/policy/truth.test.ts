/** The truth of policy-semantics 3 as questions use it, against the same written apart; and why somebody may. */
import fc from 'fast-check';
import type { CanonicalPath } from '../../../src/policy/path.ts';
import { actions } from '../../../src/policy/rule.ts';
import { mayDo, rulesInForce, subjectsAt } from '../../../src/policy/truth.ts';
import { allowed } from '../../support/oracle.ts';
import { noon, policyFacts } from '../../support/policy-facts.ts';
import { now, offsets, world } from '../../support/policy-worlds.ts';

const at = Date.parse(noon);

/** Worked example 6 and 4: alice is a party, bob is not. */
const facts = policyFacts({
  grants: [
    { id: 'g1', subject: 'group:/escape', actions: ['read'], path: '/escape' },
    { id: 'g2', subject: 'group:/escape/p17', actions: ['stage'], path: '/escape/emb' },
  ],
  embargoes: [
    {
      id: 'e1',
      path: '/escape/emb',
      exempt: ['/escape/emb/calib'],
      parties: [{ subject: 'group:/escape/p17', actions: ['read'] }],
    },
    { id: 'e2', path: '/escape/emb', actions: ['modify'] },
    { id: 'e3', path: '/escape/emb', from: '2027-01-01T00:00:00Z' },
  ],
});
const ask = (path: string, subjects: string[], action: 'read' | 'poll' = 'read') =>
  mayDo(rulesInForce(facts, { action, path: path as CanonicalPath, at }), new Set(subjects as `group:${string}`[]));

describe('the truth', () => {
  test('it is told by which grants, and as which party of each embargo on the way', () => {
    const truth = ask('/escape/emb/run', ['group:/escape', 'group:/escape/p17']);
    expect(truth.allowed).toBe(true);
    expect(truth.grants.map(({ id }) => id)).toEqual(['g1', 'g2']);
    expect(truth.admissions.map(({ embargo, party }) => [embargo.id, party.subject])).toEqual([
      ['e1', 'group:/escape/p17'],
    ]);
  });

  test('a grant without an admission is not enough, nor the other way round', () => {
    expect(ask('/escape/emb', ['group:/escape'])).toMatchObject({
      allowed: false,
      grants: [{ id: 'g1' }],
      admissions: [],
    });
    expect(ask('/other', ['group:/escape/p17'])).toMatchObject({ allowed: false, grants: [] });
    expect(ask('/escape/emb', ['group:/escape/p17'], 'poll').allowed).toBe(false);
    expect(ask('/escape/emb/calib/x', ['group:/escape']).allowed).toBe(true);
  });

  test('an embargo whose path is none closes everything', () => {
    const odd = {
      ...facts,
      embargoes: facts.embargoes.slice(0, 1).map((one) => ({ ...one, path: 'nowhere', exempt: [] })),
    };
    const rules = rulesInForce(odd, { action: 'read', path: '/escape' as CanonicalPath, at });
    expect(mayDo(rules, new Set(['group:/escape'])).allowed).toBe(false);
  });

  test('in random worlds it is the truth of the slow model', () => {
    fc.assert(
      fc.property(
        world,
        fc.constantFrom(...actions),
        fc.constantFrom(...offsets),
        fc.nat(),
        (all, action, seconds, pick) => {
          const { facts: rules, request } = all;
          const paths = [
            '/',
            ...rules.grants.map(({ path }) => path),
            ...rules.embargoes.flatMap((one) => [one.path, `${one.path}/x`]),
          ];
          const path = (paths[pick % paths.length] ?? '/').replace('//', '/') as CanonicalPath;
          const t = now + seconds * 1000;
          const anywhere = { ...rules, grants: rules.grants.filter(({ audiences }) => audiences === null) };
          const { allowed: may } = mayDo(
            rulesInForce(anywhere, { action, path, at: t }),
            subjectsAt(request.principal, t),
          );
          expect(may).toBe(allowed(rules, request.principal, null, action, path, t));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
