/** Properties of the decision by name (style guide, section 5), over the random worlds of the no-leak test. */
import fc from 'fast-check';
import { compilePolicy } from '../../src/policy/compile.ts';
import type { Decision, PolicyRequest } from '../../src/policy/decision.ts';
import { resolve } from '../../src/policy/resolve.ts';
import type { PolicyFacts } from '../../src/policy/rule.ts';
import { parseScope, type StorageScope } from '../../src/policy/scope.ts';
import { isWithin, naiveReason } from '../support/oracle.ts';
import { embargo, type World, withoutFaults, world } from '../support/policy-worlds.ts';

const decide = (facts: PolicyFacts, request: PolicyRequest): Decision => resolve(compilePolicy(facts), request);
const read = (scope: string) => parseScope(scope) as StorageScope;

/** Whether one of the issued scopes has the same action at or above the path. */
function isIssued(issued: readonly string[], scope: string): boolean {
  return issued.some(
    (other) => read(other).action === read(scope).action && isWithin(read(scope).path, read(other).path),
  );
}

function holds(property: (one: World) => void, numRuns = 500) {
  fc.assert(fc.property(world, property), { numRuns });
}

/** Narrow, so that one scope's refusal does not take the others along. */
function judgedAlone({ facts, request }: World): World {
  return { facts, request: { ...request, client: { ...request.client, policyMode: 'narrow' } } };
}

test('without grants nothing is issued', () => {
  holds(({ facts, request }) => {
    const decision = decide({ ...facts, grants: [] }, request);
    expect(decision.granted).toEqual([]);
    expect(decision.expiresAt).toBeNull();
    expect(decision.error).toBe('invalid_scope');
  });
});

test('an embargo without parties beats every grant, above and below its path', () => {
  holds(({ facts, request }) => {
    const one = { ...facts, storages: facts.storages.map((storage) => ({ ...storage, mounts: [] })) };
    const closed = one.embargoes[0];
    const embargoes = closed ? [{ ...closed, from: null, until: null, parties: [], exempt: [] }] : [];
    const met = decide({ ...one, embargoes }, request).granted.filter(
      (scope) =>
        closed?.actions.includes(read(scope).action) &&
        (isWithin(read(scope).path, closed.path) || isWithin(closed.path, read(scope).path)),
    );
    expect(met).toEqual([]);
  });
});

test('every issued scope was asked for, with the same action and the same canonical path', () => {
  holds(({ facts, request }) => {
    const asked = request.scopes.map((scope) => JSON.stringify(read(scope)));
    for (const scope of decide(facts, request).granted) expect(asked).toContain(JSON.stringify(read(scope)));
  });
});

test('every scope asked for is issued, contained in an issued one, or refused with a word', () => {
  holds(({ facts, request }) => {
    const { granted, refused } = decide(facts, request);
    const words = new Set(refused.map(({ scope }) => scope));
    for (const scope of request.scopes)
      expect([scope, words.has(scope) || isIssued(granted, scope)]).toEqual([scope, true]);
  });
});

test('adding an embargo never opens anything', () => {
  fc.assert(
    fc.property(world, embargo, (one, added) => {
      const { facts, request } = judgedAlone(one);
      const before = decide(facts, request).granted;
      const after = decide({ ...facts, embargoes: [...facts.embargoes, { ...added, id: 'added' }] }, request).granted;
      expect(after.filter((scope) => !isIssued(before, scope))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('a further membership never takes a storage scope away', () => {
  holds((one) => {
    const { facts, request } = judgedAlone(one);
    const memberships = [...request.principal.memberships, { group: '/g', from: null, until: null }];
    const before = decide(facts, request).granted;
    const after = decide(facts, { ...request, principal: { ...request.principal, memberships } }).granted;
    expect(before.filter((scope) => !isIssued(after, scope))).toEqual([]);
  });
});

test('asking again for what was issued gives the same', () => {
  holds(({ facts, request }) => {
    const { scope, granted } = decide(facts, request);
    fc.pre(granted.length > 0);
    expect(decide(facts, { ...request, scopes: scope })).toMatchObject({ scope, granted, refused: [] });
  });
});

test('the order in which rules are given does not matter', () => {
  holds(({ facts, request }) => {
    const turned: PolicyFacts = {
      ...facts,
      grants: facts.grants.toReversed(),
      embargoes: facts.embargoes.toReversed().map((one) => ({ ...one, parties: one.parties.toReversed() })),
      storages: facts.storages.toReversed().map((one) => ({ ...one, mounts: one.mounts.toReversed() })),
    };
    expect(decide(turned, request)).toEqual(decide(facts, request));
  });
});

test('the verdicts alone give the same decision', () => {
  holds(({ facts, request }) => {
    const decision = decide(facts, request);
    const issued = decision.verdicts.flatMap((verdict) => (verdict.outcome === 'issued' ? [verdict.as] : []));
    const refused = decision.verdicts.flatMap((verdict) => (verdict.outcome === 'refused' ? [verdict] : []));
    expect(decision.scope).toEqual(issued);
    expect(decision.refused).toEqual(refused.map(({ scope, reason }) => ({ scope, reason })));
    expect(decision.error === null).toBe(issued.length > 0);
  });
});

test('a strict client gets all that it asks for or nothing', () => {
  holds(({ facts, request }) => {
    const { granted, refused } = decide(facts, { ...request, client: { ...request.client, policyMode: 'strict' } });
    if (refused.length > 0) expect(granted).toEqual([]);
  });
});

test('for a storage that compares segments the words are those of a naive reading of the rules', () => {
  holds((one) => {
    const { facts, request } = judgedAlone(one);
    const plain = withoutFaults({
      ...facts,
      storages: [{ name: 'one', audience: 'one', aliases: [], kind: 'storage', matching: 'segment', mounts: [] }],
      grants: facts.grants.map((grant) => ({ ...grant, audiences: null })),
    });
    const { verdicts } = decide(plain, { ...request, audiences: ['one'] });
    const withheld = verdicts.filter(({ outcome }) => outcome === 'withheld');
    expect(withheld).toEqual([]);
    for (const verdict of verdicts) {
      const { action, path } = read(verdict.scope);
      const word = verdict.outcome === 'refused' ? verdict.reason : null;
      expect([verdict.scope, word]).toEqual([verdict.scope, naiveReason(plain, request, action, path)]);
    }
  }, 1000);
});
