/** The frame of every write: who may write at all, one transaction, and afterwards what is still out there. */
import type { Clock } from '../shared/clock.ts';
import { actorName } from './actor.ts';
import type { ChangeContext, WriteContext } from './administration.ts';
import type { LiveTokens } from './live-tokens.ts';
import { type Exposure, type Refused, refuse, type WriteOutcome, type Written } from './refusal.ts';
import type { Lost, RuleSession, RuleStore } from './store.ts';
import { takeBack } from './take-back.ts';

export interface RuleAdministrationDeps {
  readonly store: RuleStore;
  readonly tokens: LiveTokens;
  readonly clock: Clock;
  /** Resolves when tokens are decided by at least this policy version, and those issued before stand in the log. */
  readonly settled: (policyVersion: number) => Promise<unknown>;
}

/** What a write makes, before the tokens are looked for. */
export interface Made<T, Version> {
  readonly ok: true;
  readonly value: T;
  readonly version: Version;
  readonly warnings?: readonly string[];
  readonly created?: boolean;
  /** The path of data that were closed. */
  readonly closed?: string | undefined;
  readonly lost?: Lost | undefined;
}

/** A refusal that is to say what tokens are out for a path. */
export interface RefusedAsOpen extends Refused {
  readonly open?: string;
}

/** Runs `work` in a transaction that names the actor; `now` is the instant of the write. */
export async function write<T, Version>(
  deps: RuleAdministrationDeps,
  { actor, reason }: WriteContext,
  work: (session: RuleSession, now: number) => Promise<Made<T, Version> | RefusedAsOpen>,
): Promise<WriteOutcome<T, Version>> {
  if (!actor.mayWrite) {
    return refuse('forbidden', 'expected a session or token that may write rules (scope `policy:write`)');
  }
  const signature = { actor: actorName(actor), reason: reason?.trim() || null, address: actor.address };
  const made = await deps.store.change(signature, async (session) => {
    const outcome = await work(session, deps.clock.now());
    return outcome.ok ? { ...outcome, policyVersion: await session.policyVersion() } : outcome;
  });
  if (!made.ok) return refusalOf(deps, made);
  await deps.settled(made.policyVersion);
  return answerOf(deps, made);
}

/** Undefined when the version is the expected one, or none was expected. */
export function refuseOtherVersion<Version extends number | string>(
  { expectedVersion }: ChangeContext<Version>,
  version: Version,
): Refused | undefined {
  if (expectedVersion === undefined || expectedVersion === version) return undefined;
  return refuse(
    'version-mismatch',
    `changed meanwhile: the version is \`${version}\`, expected \`${expectedVersion}\``,
    {
      version,
    },
  );
}

async function refusalOf(deps: RuleAdministrationDeps, { ok, refusal, open }: RefusedAsOpen): Promise<Refused> {
  return { ok, refusal: open === undefined ? refusal : { ...refusal, exposure: await exposureOf(deps, open) } };
}

async function answerOf<T, Version>(
  deps: RuleAdministrationDeps,
  { warnings = [], closed, lost, ...made }: Made<T, Version> & { readonly policyVersion: number },
): Promise<Written<T, Version>> {
  return {
    ...made,
    warnings,
    ...(closed !== undefined && { exposure: await exposureOf(deps, closed) }),
    ...(lost !== undefined && {
      remainder: await takeBack(deps.tokens, deps.store.denyTokens, lost, deps.clock.now()),
    }),
  };
}

async function exposureOf({ tokens, clock }: RuleAdministrationDeps, path: string): Promise<Exposure> {
  const { count, latestExpiry } = await tokens.count({ path, at: clock.now() });
  return { tokens: count, latestExpiry };
}
