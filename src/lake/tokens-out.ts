/** What `apply` tells of tokens that outlive its changes: for data that it closed, and for parties that it took away (policy-semantics 7). */
import type { TokenCount } from '../rules/live-tokens.ts';
import type { ApplyOutcome } from './apply.ts';
import type { LakeStore } from './store.ts';

/** One line for each path; to be asked when every server decides by the new version. `now` in ms since the epoch. */
export async function describeTokensOut(
  { tokens }: Pick<LakeStore, 'tokens'>,
  { closed, lost }: Pick<ApplyOutcome, 'closed' | 'lost'>,
  now: number,
): Promise<string[]> {
  const lines: string[] = [];
  for (const path of closed) {
    lines.push(`\`${path}\` was open: ${describeCount(await tokens.count({ path, at: now }))}`);
  }
  for (const { path, holders, revokedRefreshTokens } of lost) {
    const subjects = [...holders.accountIds, ...holders.clientIds];
    const found = await tokens.count({ path, at: now, subjects });
    const revoked = `${revokedRefreshTokens} refresh tokens revoked`;
    lines.push(`parties of \`${path}\` are gone: ${revoked}, ${describeCount(found)}`);
  }
  return lines;
}

function describeCount({ count, latestExpiry }: TokenCount): string {
  if (latestExpiry === null) return 'no access tokens for it are out';
  return `${count} access tokens for it are out, the last until ${new Date(latestExpiry).toISOString()}`;
}
