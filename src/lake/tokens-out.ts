/** What `apply` does about and tells of tokens that outlive its changes: for data that it closed, and for parties that it took away (policy-semantics 7). */
import type { TokenCount } from '../rules/live-tokens.ts';
import { takeBack } from '../rules/take-back.ts';
import type { ApplyOutcome } from './apply.ts';
import type { LakeStore } from './store.ts';

/** One line for each path; tokens of lost parties become inactive. To be called when every server decides by the new version. `now` in ms since the epoch. */
export async function settleTokensOut(
  { tokens, denyTokens }: Pick<LakeStore, 'tokens' | 'denyTokens'>,
  { closed, lost }: Pick<ApplyOutcome, 'closed' | 'lost'>,
  now: number,
): Promise<string[]> {
  const lines: string[] = [];
  for (const path of closed) {
    lines.push(`\`${path}\` was open: ${describeCount(await tokens.count({ path, at: now }))}`);
  }
  for (const one of lost) {
    const remainder = await takeBack(tokens, denyTokens, one, now);
    const revoked = `${remainder.revokedRefreshTokens} refresh tokens revoked`;
    lines.push(`\`${one.path}\` admits fewer: ${revoked}, ${describeCount(remainder)}`);
  }
  return lines;
}

function describeCount({ count, latestExpiry }: TokenCount): string {
  if (latestExpiry === null) return 'no access tokens for it are out';
  return `${count} access tokens for it are out, the last until ${new Date(latestExpiry).toISOString()}`;
}
