/** Counts the leaks of the policy beside it in random worlds, without stopping at the first: `node test/fuzz/leak-count.ts [--worlds N] [--seed N]` prints one line of JSON. */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { compilePolicy } from '../../src/policy/compile.ts';
import { resolve } from '../../src/policy/resolve.ts';
import { checkToken } from '../support/no-leak.ts';
import { world } from '../support/policy-worlds.ts';

const { values } = parseArgs({
  options: { worlds: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
});
const counts = { worlds: 0, tokens: 0, checks: 0, leakingTokens: 0 };
let first: string | null = null;

for (const { facts, request } of fc.sample(world, { numRuns: Number(values.worlds), seed: Number(values.seed) })) {
  const decision = resolve(compilePolicy(facts), request);
  const { checks, leaks } = checkToken(facts, request, decision);
  counts.worlds += 1;
  counts.tokens += decision.granted.length > 0 ? 1 : 0;
  counts.checks += checks;
  counts.leakingTokens += leaks.length > 0 ? 1 : 0;
  first ??= leaks[0] ?? null;
}
console.log(JSON.stringify({ ...counts, first }));
