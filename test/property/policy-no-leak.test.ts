/** The one invariant: nothing that a verifier lets through with an issued token, until it is useless, is forbidden to the principal (policy-semantics 1 and 10.1). */
import fc from 'fast-check';
import { compilePolicy } from '../../src/policy/compile.ts';
import { resolve } from '../../src/policy/resolve.ts';
import { checkToken } from '../support/no-leak.ts';
import { world } from '../support/policy-worlds.ts';
import { isFullRun, runs } from '../support/runs.ts';

const worlds = 12_000;

test('no-leak: whatever a verifier of any class opens with an issued token until its end and the guard, the rules allow', () => {
  let checks = 0;
  fc.assert(
    fc.property(world, ({ facts, request }) => {
      const checked = checkToken(facts, request, resolve(compilePolicy(facts), request));
      checks += checked.checks;
      expect(checked.leaks).toEqual([]);
    }),
    { numRuns: runs(worlds) },
  );
  if (isFullRun) expect(checks).toBeGreaterThanOrEqual(1_000_000);
});
