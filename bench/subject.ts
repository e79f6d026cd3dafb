/** What the benchmark needs of an issuer under measurement, so that both are asked the same. */
import type { UserAgent } from '../test/support/user-agent.ts';

/** Storage scopes of every request here. */
export const storageScopes = 'storage.read:/cta/open storage.read:/magic storage.read:/lofar';
export const audience = 'https://localhost:8444';

export interface BenchClient {
  readonly id: string;
  readonly secret: string;
}

export interface Subject {
  readonly name: string;
  /** Ends with `/`. */
  readonly issuer: string;
  readonly pid: number;
  /** Of the database server, where there is one of its own. */
  readonly databasePid: number | null;
  readonly paths: Readonly<Record<'authorize' | 'token' | 'discovery' | 'jwks', string>>;
  /** The parameter with which this issuer is asked for the audience. */
  readonly target: Readonly<Record<string, string>>;
  /** Acts for itself. */
  readonly machine: BenchClient;
  /** Acts for users, in their browsers. */
  readonly portal: BenchClient & { readonly redirectUri: string };
  /** Logs a browser in and allows what is asked; the query of the redirect back to the client. */
  logIn(agent: UserAgent, scope: string): Promise<Readonly<Record<string, string>>>;
}

/** The parameters of an authorization request. */
export function authorizationQuery({ portal, target }: Subject, scope: string): URLSearchParams {
  const { id, redirectUri } = portal;
  const response = { response_type: 'code', client_id: id, redirect_uri: redirectUri, state: 'bench' };
  return new URLSearchParams({ ...response, scope, ...target });
}

export function basicOf({ id, secret }: BenchClient): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}
