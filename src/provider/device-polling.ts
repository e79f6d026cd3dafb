/** Keeps clients to the interval at which they may ask for a device code (RFC 8628 section 3.5), which the protocol library does not. */
import Provider, { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { type DevicePollStore, firstPollSeconds } from '../artifacts/device-poll.ts';
import type { Clock } from '../shared/clock.ts';

export interface DevicePollingDeps {
  readonly devicePolls: DevicePollStore;
  readonly clock: Clock;
}

/** The library's device code, as far as it is read here. */
interface DeviceCode {
  readonly clientId?: string;
  readonly accountId?: string;
  readonly error?: string;
  readonly isExpired: boolean;
}

/** Only while the user has not answered: then the client gets its token, or the reason why not, whenever it asks. */
export function installDevicePolling(provider: Provider, { devicePolls, clock }: DevicePollingDeps): void {
  const model = provider.DeviceCode;
  const find = model.find;
  model.find = async function (this: typeof model, value: string, ...options) {
    const code = await find.call(this, value, ...options);
    const { oidc } = Provider.ctx as KoaContextWithOIDC;
    if (oidc.route !== 'token' || !isPending(code as DeviceCode | undefined, oidc.client?.clientId)) return code;
    if (!(await devicePolls.poll(value, clock.now()))) throw slowDown();
    return code;
  } as typeof find;
  provider.on('device_authorization.success', (_ctx: KoaContextWithOIDC, answer: Record<string, unknown>) => {
    answer.interval = firstPollSeconds;
  });
}

/** Another client that guesses a code is refused by the library, and slows nobody down. */
function isPending(code: DeviceCode | undefined, clientId: string | undefined): boolean {
  return code?.clientId === clientId && !code?.isExpired && code?.accountId === undefined && code?.error === undefined;
}

function slowDown(): Error {
  return new errors.SlowDown('asked again too soon, wait five seconds longer from now on');
}
