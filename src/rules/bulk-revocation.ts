/** Bulk revocation: refresh chains and access tokens by client, user, group, embargo or time, in one audited call (issue: tokens as every lake service asks for them, section 4). */
import type { Clock } from '../shared/clock.ts';
import { type Actor, actorName, isAdmin } from './actor.ts';
import { type Answer, type RuleFault, refuse } from './refusal.ts';

/** What is said counts together: only what meets all of it is revoked. */
export interface RevocationSelection {
  /** Issued to this client, for it, or resting on a token of it. */
  readonly client?: string | undefined;
  /** A username. */
  readonly user?: string | undefined;
  /** Members of this group and of those below it, accounts and clients. */
  readonly group?: string | undefined;
  /** Whose scopes open something of its path. */
  readonly embargo?: string | undefined;
  /** Milliseconds since the epoch: the first instant that counts, and the first that counts no more. */
  readonly issuedFrom?: number | undefined;
  readonly issuedBefore?: number | undefined;
}

/** Access tokens that verifiers which work offline take until they expire, whether denied now or earlier. */
export interface TokensOut {
  readonly count: number;
  /** Milliseconds since the epoch; null: none is out. */
  readonly lastExpiry: number | null;
}

export interface Revoked {
  readonly at: number;
  /** Chains of refresh tokens that ended with this call. */
  readonly refreshChains: number;
  readonly accessTokens: TokensOut;
}

/** Who revokes, as the audit log names it. */
export interface RevocationSignature {
  readonly actor: string;
  readonly address: string | null;
  readonly reason: string;
}

export interface BulkRevocationStore {
  /** What the selection names and does not exist. */
  findUnknown(selection: RevocationSelection): Promise<readonly RuleFault[]>;
  /** In one transaction: ends the chains, denies the access tokens, and writes the audit log. */
  revoke(selection: RevocationSelection, by: RevocationSignature, now: number): Promise<Revoked>;
  /** Denies what was issued meanwhile from what `revoke` at this instant took; counts all that is out. */
  denyLate(selection: RevocationSelection, at: number, now: number): Promise<TokensOut>;
}

export interface BulkRevocationDeps {
  readonly store: BulkRevocationStore;
  readonly clock: Clock;
  /** Resolves when all tokens that were decided before stand in the issue log. */
  readonly logged: () => Promise<void>;
}

export interface BulkRevocation {
  /** For administrators. A refusal has revoked nothing. */
  revoke(
    context: { readonly actor: Actor; readonly reason: string },
    selection: RevocationSelection,
  ): Promise<Answer<Revoked>>;
}

export function createBulkRevocation({ store, clock, logged }: BulkRevocationDeps): BulkRevocation {
  return {
    revoke: async ({ actor, reason }, selection) => {
      if (!actor.mayWrite || !isAdmin(actor)) return refuse('forbidden', 'tokens are revoked by administrators');
      const faults = [...checkSelection(selection), ...(await store.findUnknown(selection))];
      const [first] = faults;
      if (first !== undefined) return refuse('invalid', first.message, { faults });
      const by = { actor: actorName(actor), address: actor.address, reason };
      await logged();
      const revoked = await store.revoke(selection, by, clock.now());
      // A request that was under way may have been answered before its chain ended.
      await logged();
      return {
        ok: true,
        value: { ...revoked, accessTokens: await store.denyLate(selection, revoked.at, clock.now()) },
      };
    },
  };
}

function checkSelection(selection: RevocationSelection): RuleFault[] {
  if (Object.values(selection).every((value) => value === undefined)) {
    const message = 'expected at least one of `client`, `user`, `group`, `embargo`, `issuedFrom`, `issuedBefore`';
    return [{ path: [], message }];
  }
  const { issuedFrom, issuedBefore } = selection;
  return issuedFrom !== undefined && issuedBefore !== undefined && issuedBefore <= issuedFrom
    ? [{ path: ['issuedBefore'], message: 'ends before it begins, expected an instant after `issuedFrom`' }]
    : [];
}
