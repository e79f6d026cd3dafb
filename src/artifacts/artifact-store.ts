/** What the protocol library needs kept: sessions, interactions, codes, device codes, grants, replay marks. */

/** A stored provider model, without its identifier. */
export type ArtifactPayload = Readonly<Record<string, unknown>>;

/** Marks an identifier as the hash under which it is stored; identifiers made by the library are base64url and never have it. */
export const storedFormMark = '#';

/** Whether an identifier names a row by its hash: how rows found by something else are known afterwards. */
export function isStoredForm(id: string): boolean {
  return id.startsWith(storedFormMark);
}

export interface ArtifactStore {
  /** Writes or replaces; `expiresAt` in ms since the epoch, null for none. */
  upsert(model: string, id: string, payload: ArtifactPayload, expiresAt: number | null): Promise<void>;
  /** Writes only if there is none; false when there was one (replay detection). */
  insert(model: string, id: string, payload: ArtifactPayload, expiresAt: number | null): Promise<boolean>;
  find(model: string, id: string): Promise<ArtifactPayload | undefined>;
  findByUid(model: string, uid: string): Promise<ArtifactPayload | undefined>;
  findByUserCode(model: string, userCode: string): Promise<ArtifactPayload | undefined>;
  /** Marks as used; false when it was used before, whoever asked at the same time. */
  consume(model: string, id: string, now: number): Promise<boolean>;
  destroy(model: string, id: string): Promise<void>;
  revokeByGrant(model: string, grantId: string): Promise<void>;
  /** Removes what expired before `now`; returns the number of rows. */
  purge(now: number): Promise<number>;
}
