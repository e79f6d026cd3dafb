/** Chains of exchanges and refreshes never leave the ceiling that they began under, nor outlast what they came from (policy-semantics 6 and 10.4). */
import fc from 'fast-check';
import { compilePolicy } from '../../src/policy/compile.ts';
import type { FlowCeiling, PolicyRequest } from '../../src/policy/decision.ts';
import { resolve } from '../../src/policy/resolve.ts';
import type { PolicyFacts } from '../../src/policy/rule.ts';
import { parseScope } from '../../src/policy/scope.ts';
import { isWithinFlow, readAudiences } from '../support/naive/audiences.ts';
import { checkToken } from '../support/no-leak.ts';
import { type World, world } from '../support/policy-worlds.ts';
import { runs } from '../support/runs.ts';

/** One more step of a chain: who asks for what, taken from the question of another world, and how much later. */
interface Step {
  readonly flow: 'exchange' | 'refresh';
  readonly asked: PolicyRequest;
  /** Asks for what the ceiling holds, not for the scopes of `asked`. */
  readonly again: boolean;
  readonly seconds: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  flow: fc.constantFrom('exchange' as const, 'refresh' as const),
  asked: world.map(({ request }) => request),
  again: fc.boolean(),
  seconds: fc.constantFrom(0, 1, 60, 1800, 86_400),
});

/** What the chain holds after a step: an exchange goes on with what its token has, a refresh with the ceiling that it had. */
interface Held {
  readonly ceiling: Omit<FlowCeiling, 'flow'>;
  readonly now: number;
  readonly end: number;
}

function isStorage(scope: string): boolean {
  return parseScope(scope).kind === 'storage';
}

/** Storage scopes that the ceiling does not contain, as logical paths. */
function beyond(facts: PolicyFacts, request: PolicyRequest, scopes: readonly string[], ceiling: Held['ceiling']) {
  const ask = { facts, request: { ...request, ceiling: { ...ceiling, flow: 'refresh' as const } } };
  return scopes.filter((scope) => {
    const parsed = parseScope(scope);
    return parsed.kind === 'storage' && !isWithinFlow({ ...ask, ...readAudiences(facts, request.audiences) }, parsed);
  });
}

function runChain({ facts, request }: World, steps: readonly Step[]): number {
  const policy = compilePolicy(facts);
  const plain = { ...request, scopes: request.scopes.filter(isStorage), unticked: [], ceiling: undefined };
  const start = resolve(policy, plain);
  if (start.expiresAt === null) return 0;
  const first = { scopes: start.granted, audiences: plain.audiences };
  let held: Held = { ceiling: first, now: request.now, end: start.expiresAt };
  let issued = 0;
  for (const { flow, asked, again, seconds } of steps) {
    const next: PolicyRequest = {
      ...asked,
      principal: request.principal,
      audiences: again ? held.ceiling.audiences : asked.audiences,
      scopes: again ? held.ceiling.scopes : asked.scopes.filter(isStorage),
      unticked: [],
      now: held.now + seconds * 1000,
      ceiling: { ...held.ceiling, flow },
      expiresAtMost: flow === 'exchange' ? held.end : asked.expiresAtMost,
    };
    const decision = resolve(policy, next);
    if (decision.expiresAt === null) continue;
    issued += 1;
    expect(beyond(facts, next, decision.granted, held.ceiling)).toEqual([]);
    expect(beyond(facts, next, decision.granted, first)).toEqual([]);
    expect(checkToken(facts, next, decision).leaks).toEqual([]);
    if (flow === 'refresh') continue;
    expect(decision.expiresAt).toBeLessThanOrEqual(held.end);
    held = { ceiling: { scopes: decision.granted, audiences: next.audiences }, now: next.now, end: decision.expiresAt };
  }
  return issued;
}

test('W-TX-3, W-REF-2: no exchange and no refresh of a chain of any length leaves the ceiling, leaks or lasts longer', () => {
  let issued = 0;
  fc.assert(
    fc.property(world, fc.array(step, { minLength: 1, maxLength: 6 }), (one, steps) => {
      issued += runChain(one, steps);
    }),
    { numRuns: runs(1500) },
  );
  expect(issued).toBeGreaterThan(runs(300));
});
