/** Looks for a leak, and for a decision that is not that of the slow model, in random worlds until stopped: `node test/fuzz/no-leak.ts [--seconds N] [--seed N]` (policy-semantics 10.1). */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { compilePolicy } from '../../src/policy/compile.ts';
import { resolve } from '../../src/policy/resolve.ts';
import { naiveDecision } from '../support/naive-policy.ts';
import { checkToken } from '../support/no-leak.ts';
import { type World, world } from '../support/policy-worlds.ts';

const worldsInBatch = 2000;
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: 'Infinity' }, seed: { type: 'string' } },
});
const firstSeed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const end = performance.now() + Number(values.seconds) * 1000;
const progress = { worlds: 0, tokens: 0, checks: 0 };

console.log(`seed ${firstSeed}`);
for (let batch = 0; performance.now() < end && process.exitCode === undefined; batch++) {
  run(firstSeed + batch);
  console.log(`${progress.worlds} worlds, ${progress.tokens} tokens, ${progress.checks} checks`);
}

/** One batch of worlds; the seed alone makes the same worlds again. */
function run(seed: number): void {
  const result = fc.check(fc.property(world, holds), { seed, numRuns: worldsInBatch });
  if (!result.failed) return;
  console.error(`seed ${seed} fails; again with: npm run fuzz -- --seed ${seed} --seconds 1`);
  console.error(JSON.stringify(result.counterexample?.[0], null, 2));
  console.error(result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance));
  process.exitCode = 1;
}

function holds({ facts, request }: World): void {
  const decision = resolve(compilePolicy(facts), request);
  const { checks, leaks } = checkToken(facts, request, decision);
  progress.worlds += 1;
  progress.tokens += decision.granted.length > 0 ? 1 : 0;
  progress.checks += checks;
  if (leaks.length > 0) throw new Error(leaks.join('\n'));
  const { scope, granted, groups, refused, expiresAt, error } = decision;
  const got = JSON.stringify({ scope, granted, groups, refused, expiresAt, error });
  const wanted = JSON.stringify(naiveDecision(facts, request));
  if (got !== wanted) throw new Error(`decided ${got}\nwanted  ${wanted}`);
}
