/** Chains of exchanges and refreshes never leave the ceiling that they began under but by a rule, nor outlast what they came from (policy-semantics 6 and 10.4). */
import fc from 'fast-check';
import { limitCeiling } from '../../src/exchange/limit.ts';
import { cutToCeiling } from '../../src/policy/ceiling.ts';
import { type CompiledPolicy, compilePolicy } from '../../src/policy/compile.ts';
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
  /** An exchange from which refreshes come: the chain goes on with what is kept, not with what was issued. */
  readonly keep: boolean;
  /** What exchange rules say of an exchange; null: there are none. */
  readonly rule: Rule | null;
}

/** In logical paths. */
interface Rule {
  readonly widened: readonly string[];
  readonly withheld: readonly string[];
  readonly only: readonly string[] | null;
}

const whole = ['storage.read:/', 'storage.modify:/', 'storage.stage:/'];
const logical = world.map(({ request }) => request.scopes.filter(isStorage));
const rule: fc.Arbitrary<Rule> = fc.record({
  widened: fc.oneof(fc.constant([]), logical, fc.constant(whole)),
  withheld: fc.oneof(fc.constant([]), fc.constant([]), logical),
  only: fc.oneof(fc.constant(null), logical),
});

const step: fc.Arbitrary<Step> = fc.record({
  flow: fc.constantFrom('exchange' as const, 'refresh' as const),
  asked: world.map(({ request }) => request),
  again: fc.boolean(),
  seconds: fc.constantFrom(0, 1, 60, 1800, 86_400),
  keep: fc.boolean(),
  rule: fc.option(rule, { freq: 2 }),
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

/** What one step may ask at most, and what a chain that comes of it keeps (src/exchange/under-rules.ts). */
function bounds(policy: CompiledPolicy, { ceiling }: Held, { flow, rule }: Step) {
  const own: FlowCeiling = { ...ceiling, flow };
  if (flow === 'refresh' || rule === null) return { wide: own, kept: own };
  const { only, widened, withheld } = rule;
  const limited = (upper: FlowCeiling) => (only === null ? upper : limitCeiling(policy, upper, only));
  return { wide: limited({ ...own, widened, withheld }), kept: limited({ ...own, withheld }) };
}

const everything = Number.MAX_SAFE_INTEGER;

function runChain(
  { facts, request }: World,
  steps: readonly Step[],
): { issued: number; widened: number; kept: number } {
  const policy = compilePolicy(facts);
  const plain = { ...request, scopes: request.scopes.filter(isStorage), unticked: [], ceiling: undefined };
  const start = resolve(policy, plain);
  const count = { issued: 0, widened: 0, kept: 0 };
  if (start.expiresAt === null) return count;
  const first = { scopes: start.granted, audiences: plain.audiences };
  let held: Held = { ceiling: first, now: request.now, end: start.expiresAt };
  /** What rules have added to what is held. */
  let added: readonly string[] = [];
  for (const one of steps) {
    const { flow, asked, again, seconds, keep } = one;
    const rule = flow === 'exchange' ? one.rule : null;
    const { wide, kept } = bounds(policy, held, one);
    const isBound = flow === 'exchange' && (!keep || (rule !== null && rule.widened.length > 0));
    const next: PolicyRequest = {
      ...asked,
      principal: request.principal,
      audiences: again ? held.ceiling.audiences : asked.audiences,
      scopes: again ? held.ceiling.scopes : asked.scopes.filter(isStorage),
      unticked: [],
      now: held.now + seconds * 1000,
      ceiling: wide,
      expiresAtMost: isBound ? held.end : asked.expiresAtMost,
    };
    const decision = resolve(policy, next);
    if (decision.expiresAt === null) continue;
    const outside = (scopes: readonly string[], ceiling: Held['ceiling']) => beyond(facts, next, scopes, ceiling);
    const nowAdded = [...added, ...(rule?.widened ?? [])];
    count.issued += 1;
    if (outside(decision.granted, held.ceiling).length > 0) count.widened += 1;
    expect(outside(decision.granted, { ...held.ceiling, ...(rule ?? {}) })).toEqual([]);
    expect(outside(decision.granted, { ...first, widened: nowAdded })).toEqual([]);
    const limit = {
      scopes: [],
      audiences: [],
      widened: rule?.only ?? whole,
    };
    expect(outside(decision.granted, limit)).toEqual([]);
    expect(checkToken(facts, next, decision).leaks).toEqual([]);
    if (flow === 'refresh') continue;
    if (isBound) expect(decision.expiresAt).toBeLessThanOrEqual(held.end);
    const { audiences } = next;
    if (keep) {
      const scopes = cutToCeiling(policy, kept, next.scopes, audiences);
      const { withheld = [] } = rule ?? {};
      expect(outside(scopes, { ...held.ceiling, withheld })).toEqual([]);
      expect(outside(scopes, { scopes: next.scopes, audiences })).toEqual([]);
      expect(outside(scopes, limit)).toEqual([]);
      count.kept += 1;
      held = { ceiling: { scopes, audiences }, now: next.now, end: everything };
    } else {
      added = nowAdded;
      held = { ceiling: { scopes: decision.granted, audiences }, now: next.now, end: decision.expiresAt };
    }
  }
  return count;
}

test('W-TX-3, W-REF-2: no exchange and no refresh of a chain of any length leaves the ceiling but by a rule, leaks or lasts longer', () => {
  const counts = { issued: 0, widened: 0, kept: 0 };
  fc.assert(
    fc.property(world, fc.array(step, { minLength: 1, maxLength: 6 }), (one, steps) => {
      const { issued, widened, kept } = runChain(one, steps);
      counts.issued += issued;
      counts.widened += widened;
      counts.kept += kept;
    }),
    { numRuns: runs(1500) },
  );
  expect(counts.issued).toBeGreaterThan(runs(300));
  expect(counts.widened).toBeGreaterThan(runs(5));
  expect(counts.kept).toBeGreaterThan(runs(50));
});
