/** Properties of the decision by name, over the random worlds of the no-leak test (policy-semantics 10). */
import fc from 'fast-check';
import { compilePolicy } from '../../src/policy/compile.ts';
import type { Decision, PolicyRequest } from '../../src/policy/decision.ts';
import { resolve } from '../../src/policy/resolve.ts';
import type { PolicyFacts } from '../../src/policy/rule.ts';
import { parseScope, type StorageScope } from '../../src/policy/scope.ts';
import { isWithinFlow, readAudiences } from '../support/naive/audiences.ts';
import { clientPaths, grantsFor } from '../support/naive/facts.ts';
import { stateOf, within } from '../support/naive/subtree.ts';
import { isWithin } from '../support/oracle.ts';
import { embargo, type World, withoutFaults, world } from '../support/policy-worlds.ts';
import { runs } from '../support/runs.ts';

const decide = (facts: PolicyFacts, request: PolicyRequest): Decision => resolve(compilePolicy(facts), request);
const read = (scope: string) => parseScope(scope) as StorageScope;
const isStorage = (scope: string) => parseScope(scope).kind === 'storage';

/** Whether one of the scopes has the same action at or above the path. */
function isCovered(scope: string, by: readonly string[]): boolean {
  return by.some((other) => read(other).action === read(scope).action && isWithin(read(scope).path, read(other).path));
}

function holds(property: (one: World) => void, numRuns = 1000) {
  fc.assert(fc.property(world, property), { numRuns: runs(numRuns) });
}

/** Only storage scopes asked for by themselves: no words, no capability sets, all ticked. */
function storageOnly({ facts, request }: World): World {
  return { facts, request: { ...request, scopes: request.scopes.filter(isStorage), unticked: [] } };
}

/**
 * Every storage compares segments, and one or more are asked for. For the other classes an earlier end may make a scope safe in a form that
 * opens more beside it, so less right can give more scope for a shorter time.
 */
function bySegments(one: World): World {
  const { facts, request } = storageOnly(one);
  const storages = facts.storages.map((storage) => ({ ...storage, matching: 'segment' as const }));
  const { anywhere } = readAudiences(facts, request.audiences);
  return { facts: { ...facts, storages }, request: anywhere ? { ...request, audiences: ['one'] } : request };
}

/** Adds to the catalogue what an expansion may use, so that a rule added or taken away does not change what is registered. */
function registering(facts: PolicyFacts, paths: readonly string[]): PolicyFacts {
  return { ...facts, namespace: [...facts.namespace, ...paths] };
}

/** The end that each issued scope would have by itself. */
function endOf({ verdicts }: Decision, scope: string): number | undefined {
  const parts = verdicts.flatMap((verdict) => (verdict.outcome === 'issued' ? verdict.parts : []));
  return parts.find((part) => part.scope === scope)?.cap.at;
}

test('without grants nothing is issued', () => {
  holds((one) => {
    const { facts, request } = storageOnly(one);
    expect(decide({ ...facts, grants: [] }, request)).toMatchObject({
      granted: [],
      expiresAt: null,
      error: 'invalid_scope',
    });
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

test('never more than asked: every issued scope lies at or below an asked one of the same action', () => {
  holds((one) => {
    const { facts, request } = storageOnly(one);
    expect(decide(facts, request).granted.filter((scope) => !isCovered(scope, request.scopes))).toEqual([]);
  });
});

test('never beyond the ceiling of the flow, nor the client', () => {
  holds((one) => {
    const { facts, request } = storageOnly(one);
    const ask = { facts, request, ...readAudiences(facts, request.audiences) };
    const asClient = {
      ...ask,
      request: {
        ...request,
        ceiling: { flow: 'exchange' as const, scopes: request.client.scopes, audiences: [] },
      },
    };
    const { granted } = decide(facts, request);
    const beyond = granted.filter((scope) => !isWithinFlow(ask, read(scope)) || !isWithinFlow(asClient, read(scope)));
    expect(beyond).toEqual([]);
  });
});

test('every scope asked for is issued in whole or in part, contained in an issued one, or refused with a word', () => {
  holds((one) => {
    const { facts, request } = storageOnly(one);
    const { granted, refused } = decide(facts, request);
    const words = new Set(refused.map(({ scope }) => scope));
    for (const scope of request.scopes) {
      const isIssued = isCovered(scope, granted) || granted.some((part) => isCovered(part, [scope]));
      expect([scope, words.has(scope) !== isIssued || isIssued]).toEqual([scope, true]);
    }
  });
});

test('adding an embargo never opens a path, nor makes one last longer, where segments are compared', () => {
  fc.assert(
    fc.property(world, embargo, (one, added) => {
      const { facts, request } = bySegments(one);
      const same = registering(facts, [added.path, ...added.exempt]);
      const before = decide(same, request);
      const after = decide({ ...same, embargoes: [...same.embargoes, { ...added, id: 'added' }] }, request);
      expect(after.granted.filter((scope) => !isCovered(scope, before.granted))).toEqual([]);
      const longer = after.granted.filter(
        (scope) => (endOf(after, scope) ?? 0) > (endOf(before, scope) ?? Number.POSITIVE_INFINITY),
      );
      expect(longer).toEqual([]);
    }),
    { numRuns: runs(1000) },
  );
});

// An expanding client may gain: a path that its verifier would read too far is dropped whole, but once it has a hole, its open parts are found.
test('adding an embargo without parties and dates never opens a path to a narrow or a strict client, for any class of verifier', () => {
  fc.assert(
    fc.property(world, embargo, fc.constantFrom('narrow' as const, 'strict' as const), (one, added, policyMode) => {
      const { facts, request } = storageOnly(one);
      const closed = { ...added, id: 'added', from: null, until: null, parties: [] };
      const changed = withoutFaults({ ...facts, embargoes: [...facts.embargoes, closed] });
      fc.pre(changed.embargoes.length > facts.embargoes.length && changed.grants.length === facts.grants.length);
      const asked = { ...request, client: { ...request.client, policyMode } };
      const before = decide(facts, asked).granted;
      const after = decide(changed, asked).granted;
      expect(after.filter((scope) => !isCovered(scope, before))).toEqual([]);
    }),
    { numRuns: runs(1000) },
  );
});

// A narrow client may gain: where a grant above a hole goes, the granted parts below it count instead (section 4, step 3).
test('revoking a grant never opens a path for a strict or an expanding client, where segments are compared', () => {
  fc.assert(
    fc.property(world, fc.nat(), fc.constantFrom('strict' as const, 'expand' as const), (one, index, policyMode) => {
      const { facts, request } = bySegments(one);
      const position = index % facts.grants.length;
      const same = registering(
        facts,
        facts.grants.map(({ path }) => path),
      );
      const fewer = { ...same, grants: same.grants.filter((_, place) => place !== position) };
      const asked = { ...request, client: { ...request.client, policyMode } };
      const before = decide(same, asked).granted;
      const after = decide(fewer, asked).granted;
      expect(after.filter((scope) => !isCovered(scope, before))).toEqual([]);
    }),
    { numRuns: runs(1000) },
  );
});

test('narrow never issues less than the granted roots that have no hole', () => {
  holds((one) => {
    const { facts, request } = bySegments(one);
    const plain = { ...facts, storages: facts.storages.map((storage) => ({ ...storage, mounts: [] })) };
    const asked: PolicyRequest = {
      ...request,
      client: { ...request.client, policyMode: 'narrow' },
      ceiling: undefined,
      audiences: ['one'],
    };
    const ask = { facts: plain, request: asked, ...readAudiences(plain, asked.audiences) };
    const { granted } = decide(plain, asked);
    const roots = asked.scopes.flatMap((scope) => {
      const { action, path } = read(scope);
      const granting = grantsFor(ask, action).map((grant) => grant.path);
      return within(within([path], clientPaths(ask, action)), granting)
        .filter((root) => stateOf(ask, action, root, { stranger: false }) === null)
        .map((root) => `storage.${action}:${root}`);
    });
    expect(roots.filter((root) => !isCovered(root, granted))).toEqual([]);
  });
});

test('asking again for what was issued gives the same, with the same end', () => {
  holds((one) => {
    const { facts, request } = storageOnly(one);
    const { scope, granted, expiresAt } = decide(facts, request);
    fc.pre(granted.length > 0);
    const again = decide(facts, { ...request, scopes: scope, ceiling: undefined });
    expect(again).toMatchObject({ scope, granted, expiresAt, refused: [] });
  });
});

test('the order in which rules are given does not matter', () => {
  holds(({ facts, request }) => {
    const turned: PolicyFacts = {
      ...facts,
      grants: facts.grants.toReversed(),
      embargoes: facts.embargoes.toReversed().map((one) => ({
        ...one,
        exempt: one.exempt.toReversed(),
        parties: one.parties.toReversed(),
      })),
      namespace: facts.namespace.toReversed(),
      storages: facts.storages.toReversed().map((one) => ({ ...one, mounts: one.mounts.toReversed() })),
    };
    expect(decide(turned, request)).toEqual(decide(facts, request));
  });
});

test('the order in which audiences are asked for does not matter', () => {
  holds(({ facts, request }) => {
    const { scope, refused, expiresAt } = decide(facts, request);
    const turned = {
      ...request,
      audiences: request.audiences.toReversed(),
      ...(request.ceiling && {
        ceiling: { ...request.ceiling, audiences: request.ceiling.audiences.toReversed() },
      }),
    };
    expect(decide(facts, turned)).toMatchObject({ scope, refused, expiresAt });
  });
});

test('the verdicts alone give the same decision', () => {
  holds(({ facts, request }) => {
    const decision = decide(facts, request);
    const issued = decision.verdicts.flatMap((verdict) => (verdict.outcome === 'issued' ? verdict.as : []));
    const refused = decision.verdicts.flatMap((verdict) => (verdict.outcome === 'refused' ? [verdict] : []));
    expect(decision.scope).toEqual(issued);
    expect(decision.refused).toEqual(refused.map(({ scope, reason }) => ({ scope, reason })));
  });
});

test('a strict client gets each storage scope as it asked, all of them or none', () => {
  holds((one) => {
    const { facts, request } = storageOnly(one);
    const { granted, refused } = decide(facts, { ...request, client: { ...request.client, policyMode: 'strict' } });
    if (refused.length > 0) expect(granted).toEqual([]);
    else for (const scope of request.scopes) expect([scope, isCovered(scope, granted)]).toEqual([scope, true]);
  });
});
