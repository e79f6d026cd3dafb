/** Chains of refresh tokens: one row a chain, its tokens kept only as hashes (W-REF-1, W-REF-3). */

import type { AuditEntry } from '../audit/audit-log.ts';
import type { ActClaim, MayActClaim } from '../tokens/claims.ts';
import type { EndedChain, IssuedAccessToken } from './revocation-store.ts';

/** What a chain may be refreshed to, and what its login was. */
export interface RefreshPayload {
  /** Requested and consented at first, in the order of the request: the ceiling (policy-semantics 6). */
  readonly scope: string;
  readonly audiences: readonly string[];
  readonly acr: string | null;
  readonly amr: readonly string[];
  /** What the login said of assurance (A-ASS-4); absent in chains that are older than this field. */
  readonly assurance?: readonly string[];
  /** Seconds since the epoch. */
  readonly authTime: number | null;
  readonly nonce: string | null;
  readonly sid: string | null;
  readonly claims: unknown;
  readonly flow: string;
  /** Who acts for the subject, outermost first (RFC 8693 section 4.1); null: nobody. */
  readonly act: ActClaim | null;
  /** Who alone may exchange the access tokens of the chain (RFC 8693 section 4.4); null or absent: anybody. */
  readonly mayAct?: MayActClaim | null;
  /** The access token that came with the first refresh token; absent in chains that are older than this field. */
  readonly issuedWith?: IssuedAccessToken | null | undefined;
  /** The key that the client has to prove with each refresh, as in the claim `cnf`; null or absent: none. */
  readonly confirmation?: Readonly<Record<string, string>> | null;
}

interface ChainBasis {
  readonly id: string;
  readonly clientId: string;
  /** Null for a chain that was exchanged from a token of a client. */
  readonly accountId: string | null;
  /** Whose token was exchanged when it was a client's: the principal of the chain. */
  readonly subjectClientId: string | null;
  /** For whom the exchanged token was issued: the chain ends with that client too. */
  readonly originClientId: string | null;
  readonly grantId: string;
  readonly payload: RefreshPayload;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** A token that a successor replaced. */
export interface ReplacedToken {
  readonly hash: string;
  /** With the token it makes the successor (`refresh-family.ts`). */
  readonly nonce: string;
}

/** An older one that still gets its successor; `until` in milliseconds since the epoch. */
export interface TokenInGrace extends ReplacedToken {
  readonly until: number;
}

/** A chain as it was found by one of its tokens. Instants are milliseconds since the epoch. */
export interface RefreshChain extends ChainBasis {
  readonly revoked: boolean;
  /** True: the token presented is the present one. */
  readonly current: boolean;
  /** The token presented, when it is one that was replaced; null: the present one, or none that the chain still knows. */
  readonly replaced: ReplacedToken | TokenInGrace | null;
  readonly previous: ReplacedToken | null;
  /** When `previous` was replaced; without one, when the chain began. */
  readonly rotatedAt: number;
  readonly inGrace: readonly TokenInGrace[];
  readonly lastUsedAt: number;
}

export type NewRefreshChain = ChainBasis & { readonly token: string };

/** One step of a chain. */
export interface Rotation {
  readonly from: string;
  readonly to: string;
  readonly nonce: string;
  /** Older tokens than `from` that keep their grace. */
  readonly inGrace: readonly TokenInGrace[];
}

export interface RefreshTokenStore {
  insert(chain: NewRefreshChain): Promise<void>;
  /** The chain to which a token belongs by its form, in one indexed read; what the token is to it, the result says. */
  find(token: string): Promise<RefreshChain | undefined>;
  /** Replaces the present token; false when it is no longer the present one, or the chain is revoked. */
  rotate(id: string, rotation: Rotation, now: number): Promise<boolean>;
  /** Notes a use without rotation; false when the chain is revoked. */
  touch(id: string, now: number): Promise<boolean>;
  revoke(id: string, now: number): Promise<void>;
  /** Revokes and says so in the audit log, in one transaction; false, and nothing written, when it was revoked before. */
  revokeAudited(id: string, entry: AuditEntry): Promise<boolean>;
  /** The chains that lived until then. */
  revokeByGrant(grantId: string, now: number): Promise<readonly EndedChain[]>;
  purge(now: number): Promise<number>;
}
