/** What follows a write to groups once it counts: all processes decide by it, and tokens that rested on what was lost are taken back. */
import type { Kysely } from 'kysely';
import type { TokensOut } from '../groups/administration.ts';
import type { LiveTokens } from '../rules/live-tokens.ts';
import type { RuleStore } from '../rules/store.ts';
import { takeBack } from '../rules/take-back.ts';
import { denyTokensOf } from './former-groups.ts';
import type { LeftBehind } from './group-session.ts';
import type { DB } from './schema.ts';

export interface GroupAftermath {
  readonly left: LeftBehind;
  /** When it was written, in milliseconds since the epoch. */
  readonly now: number;
  /** Version of the lake that all processes are to decide by; null: they decide as before. */
  readonly policyVersion: number | null;
}

/** Answers with the tokens for embargoed paths that are still out. */
export type AfterGroupWrite = (aftermath: GroupAftermath) => Promise<TokensOut>;

export interface GroupAftermathDeps {
  readonly tokens: LiveTokens;
  readonly denyTokens: RuleStore['denyTokens'];
  /** Resolves when the tokens that were decided before stand in the issue log. */
  readonly logged: () => Promise<void>;
  /** Resolves when all processes decide by this version of the lake. */
  readonly settled: (policyVersion: number) => Promise<unknown>;
}

export const nothingOut: TokensOut = { count: 0, latestExpiry: null };

export function createAfterGroupWrite(db: Kysely<DB>, deps: GroupAftermathDeps): AfterGroupWrite {
  return async ({ left: { leaving, admissions }, now, policyVersion }) => {
    if (policyVersion !== null) await deps.settled(policyVersion);
    if (leaving.length === 0) return nothingOut;
    await deps.logged();
    const found = [];
    for (const lost of admissions) found.push(await takeBack(deps.tokens, deps.denyTokens, lost, now));
    // After those: what is denied already is not told as still out.
    for (const { accountIds, subject } of leaving) await denyTokensOf(db, [...accountIds], subject, now);
    const expiries = found.flatMap(({ latestExpiry }) => latestExpiry ?? []);
    return {
      count: found.reduce((sum, { count }) => sum + count, 0),
      latestExpiry: expiries.length === 0 ? null : Math.max(...expiries),
    };
  };
}

/** As if they were one. Undefined: there was none. */
export function together(all: readonly GroupAftermath[]): GroupAftermath | undefined {
  const last = all.at(-1);
  if (last === undefined) return undefined;
  const versions = all.flatMap(({ policyVersion }) => policyVersion ?? []);
  return {
    left: {
      leaving: all.flatMap(({ left }) => left.leaving),
      admissions: all.flatMap(({ left }) => left.admissions),
    },
    now: last.now,
    policyVersion: versions.length === 0 ? null : Math.max(...versions),
  };
}
