/** The redemption of a code, with the chain of refresh tokens that comes of it: both are written or neither (oidc-provider-notes 4). */
import type { NewRefreshChain } from './refresh-token.ts';

export interface Redemption {
  readonly model: 'AuthorizationCode' | 'DeviceCode';
  /** The code. */
  readonly id: string;
  readonly chain?: NewRefreshChain;
}

export interface RedemptionStore {
  /** In one transaction; false, and nothing written, when the code was used before, whoever asked at the same time. */
  redeem(redemption: Redemption, now: number): Promise<boolean>;
}
