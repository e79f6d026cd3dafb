/** The decision against the slow model that was written apart from it, on random worlds: the same scopes in the same order, the same words, the same end (policy-semantics 2 to 6). */
import fc from 'fast-check';
import { compilePolicy } from '../../src/policy/compile.ts';
import { resolve } from '../../src/policy/resolve.ts';
import { naiveDecision } from '../support/naive-policy.ts';
import { world } from '../support/policy-worlds.ts';
import { runs } from '../support/runs.ts';

test('every decision is that of the slow model', () => {
  fc.assert(
    fc.property(world, ({ facts, request }) => {
      const { scope, granted, groups, refused, expiresAt, error } = resolve(compilePolicy(facts), request);
      expect({ scope, granted, groups, refused, expiresAt, error }).toEqual(naiveDecision(facts, request));
    }),
    { numRuns: runs(6000) },
  );
});
