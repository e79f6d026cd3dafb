/** Puts the secrets of one-time codes under the newest of `SLUICE_KEYS_SECRET`, so that the older one can be taken away. */
import type { SecretSealer } from '../keys/seal.ts';
import type { FactorStore } from './factors.ts';
import { boundTo } from './second-factors.ts';

const atATime = 200;

/** How many were sealed anew, and how many no secret opens. */
export async function resealOneTimeCodes(
  store: Pick<FactorStore, 'sealedAfter' | 'replaceSealed'>,
  sealer: SecretSealer,
): Promise<{ readonly sealed: number; readonly lost: number }> {
  const count = { sealed: 0, lost: 0 };
  let after = '';
  for (;;) {
    const page = await store.sealedAfter(after, atATime);
    for (const { accountId, sealed } of page) {
      const purpose = boundTo(accountId);
      if (await sealer.isNewest(purpose, sealed)) continue;
      const secret = await sealer.unseal(purpose, sealed);
      if (secret === undefined) count.lost += 1;
      else {
        await store.replaceSealed(accountId, sealed, await sealer.seal(purpose, secret));
        count.sealed += 1;
      }
    }
    const last = page.at(-1);
    if (last === undefined || page.length < atATime) return count;
    after = last.accountId;
  }
}
