/** A public client's side of the device authorization grant, against any issuer (RFC 8628). */
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { deviceCodeGrant } from '../tokens/profile.ts';
import { downloadMetadata, isAcceptableUrl } from '../validate/discovery.ts';

export interface DeviceFlowDeps {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly wait: (milliseconds: number) => Promise<void>;
}

export interface DeviceFlowRequest {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  /** As the `audience` parameter takes it, separated by spaces (W-AUD-5); empty: none. */
  readonly audience: string;
}

/** What the user is asked to do (RFC 8628 section 3.2). */
export interface DeviceAuthorization {
  readonly userCode: string;
  readonly verificationUri: string;
  /** The address with the code in it, when the issuer offers one. */
  readonly verificationUriComplete: string;
  /** Resolves when the user has answered or the code has expired; the error is a sentence. */
  readonly poll: () => Promise<Result<IssuedToken, string>>;
}

interface IssuedToken {
  readonly accessToken: string;
  /** What was granted (W-CLI-2). */
  readonly scope: string;
}

type Answer = Readonly<Record<string, unknown>>;

const timeoutMilliseconds = 10_000;

/** RFC 8628 section 3.2: when the issuer names no interval, and what `slow_down` adds to it, both in seconds. */
const defaultIntervalSeconds = 5;

/** Asks for a code; throws `AppError` `issuer_unavailable` when the issuer does not answer as the grant says. */
export async function startDeviceFlow(request: DeviceFlowRequest, deps: DeviceFlowDeps): Promise<DeviceAuthorization> {
  const endpoints = await findEndpoints(request, deps);
  const { clientId, scope, audience } = request;
  const parameters = { client_id: clientId, scope, ...(audience !== '' && { audience }) };
  const answer = await post(endpoints.deviceAuthorization, parameters, deps);
  if (answer === undefined) throw unavailable(`\`${endpoints.deviceAuthorization}\` gives no answer`);
  if (answer.error !== undefined) throw unavailable(`the issuer refuses: ${describe(answer)}`);
  const { device_code: code, user_code: userCode, verification_uri: uri, expires_in: seconds } = answer;
  if (typeof code !== 'string' || typeof userCode !== 'string' || typeof uri !== 'string' || !isSeconds(seconds)) {
    throw unavailable('the issuer sends no device code');
  }
  const expiresAt = deps.clock.now() + seconds * 1000;
  return {
    userCode: printable(userCode),
    verificationUri: printable(uri),
    verificationUriComplete: printable(answer.verification_uri_complete ?? uri),
    poll: () => poll(endpoints.token, { clientId, code, expiresAt, interval: intervalOf(answer) }, deps),
  };
}

interface Endpoints {
  readonly deviceAuthorization: string;
  readonly token: string;
}

async function findEndpoints({ issuer }: DeviceFlowRequest, { fetch }: DeviceFlowDeps): Promise<Endpoints> {
  // Whoever names an http issuer knows what they do.
  const allowInsecureHttp = issuer.startsWith('http:');
  const metadata = await downloadMetadata({ issuer, fetch, allowInsecureHttp, timeoutMilliseconds }).catch((cause) => {
    throw unavailable(`the metadata of \`${issuer}\` cannot be had`, cause);
  });
  // A person may leave the final slash out.
  if (withSlash(String(metadata.issuer)) !== withSlash(issuer)) {
    throw unavailable(`metadata of \`${issuer}\` names another issuer`);
  }
  const { device_authorization_endpoint: deviceAuthorization, token_endpoint: token } = metadata;
  if (typeof deviceAuthorization !== 'string') throw unavailable(`\`${issuer}\` offers no device flow`);
  for (const endpoint of [deviceAuthorization, String(token)]) {
    if (!isAcceptableUrl(endpoint, allowInsecureHttp))
      throw unavailable(`\`${printable(endpoint)}\` is not an https URL`);
  }
  return { deviceAuthorization, token: String(token) };
}

interface Pending {
  readonly clientId: string;
  readonly code: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly interval: number;
}

/** RFC 8628 section 3.5: never faster than the interval, slower when told so or when the issuer is in trouble. */
async function poll(endpoint: string, pending: Pending, deps: DeviceFlowDeps): Promise<Result<IssuedToken, string>> {
  const parameters = {
    grant_type: deviceCodeGrant,
    device_code: pending.code,
    client_id: pending.clientId,
  };
  let interval = pending.interval;
  while (deps.clock.now() + interval * 1000 < pending.expiresAt) {
    await deps.wait(interval * 1000);
    const answer = await post(endpoint, parameters, deps);
    if (answer === undefined) interval *= 2;
    else if (answer.error === 'slow_down') interval += defaultIntervalSeconds;
    else if (answer.error !== 'authorization_pending') return readToken(answer);
  }
  return err('the code has expired before it was confirmed');
}

function readToken(answer: Answer): Result<IssuedToken, string> {
  if (answer.error === 'access_denied') return err('the login was denied');
  if (answer.error === 'expired_token') return err('the code has expired before it was confirmed');
  if (answer.error !== undefined) return err(`the issuer refuses: ${describe(answer)}`);
  const { access_token: accessToken, scope } = answer;
  if (typeof accessToken !== 'string' || !/^[\w.~+/-]+=*$/.test(accessToken)) return err('the issuer sends no token');
  return ok({ accessToken, scope: printable(scope ?? '') });
}

/** The JSON object that the endpoint answers, also with an error status; undefined when there is none. */
async function post(
  url: string,
  parameters: Record<string, string>,
  { fetch }: DeviceFlowDeps,
): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams(parameters),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    const answer: unknown = await response.json();
    return response.status < 500 ? Object(answer) : undefined;
  } catch {
    return undefined;
  }
}

function intervalOf({ interval }: Answer): number {
  return isSeconds(interval) ? interval : defaultIntervalSeconds;
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function describe({ error, error_description: description }: Answer): string {
  return printable(description === undefined ? error : `${error}: ${description}`);
}

/** What an issuer sends must not steer the terminal. */
function printable(value: unknown): string {
  return String(value).replace(/[^\x20-\x7e]/g, '?');
}

function withSlash(url: string): string {
  return url.replace(/\/*$/, '/');
}

function unavailable(message: string, cause?: unknown): AppError {
  return new AppError('issuer_unavailable', message, { cause });
}
