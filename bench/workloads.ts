/** What both subjects are asked: the same requests, scopes and audience, each workload with its own connections. */
import type { Agent } from 'node:http';
import { UserAgent } from '../test/support/user-agent.ts';
import { type Answer, type Exchange, exchange } from './exchange.ts';
import { closedLoop, createAgent, type Generator, type LoadResult } from './load.ts';
import { authorizationQuery, basicOf, type Subject, storageScopes } from './subject.ts';

export interface Workload {
  readonly name: 'clientCredentials' | 'refresh' | 'codeFlow' | 'discovery' | 'jwks';
  readonly connections: number;
  /** Logs in what is needed and returns the load, so that only the load is measured. */
  prepare(subject: Subject): Promise<(seconds: number) => Promise<LoadResult>>;
}

const tokenConnections = 16;
const userConnections = 8;
/** Few, so that an answer waits for its own making and not for others. */
const lightConnections = 2;

export function createWorkloads(generator: Generator): readonly Workload[] {
  const repeated = (
    name: Workload['name'],
    connections: number,
    request: (subject: Subject) => Exchange,
  ): Workload => ({
    name,
    connections,
    prepare: async (subject) => {
      await expectSuccess(request(subject));
      return (seconds) => generator(request(subject), { connections, seconds });
    },
  });
  return [
    repeated('clientCredentials', tokenConnections, clientCredentialsRequest),
    { name: 'refresh', connections: userConnections, prepare: prepareRefresh },
    { name: 'codeFlow', connections: userConnections, prepare: prepareCodeFlow },
    repeated('discovery', lightConnections, ({ issuer, paths }) => ({ issuer, path: paths.discovery, method: 'GET' })),
    repeated('jwks', lightConnections, ({ issuer, paths }) => ({ issuer, path: paths.jwks, method: 'GET' })),
  ];
}

function clientCredentialsRequest(subject: Subject): Exchange {
  return clientCredentialsFor(subject, storageScopes);
}

export function clientCredentialsFor(subject: Subject, scope: string): Exchange {
  const form = { grant_type: 'client_credentials', scope, ...subject.target };
  return tokenRequest(subject, basicOf(subject.machine), form);
}

/** Chains of refresh tokens, one a connection: each answer brings the token of the next request. New chains every time, since the stock adapter gets slower with the length of a chain. */
async function prepareRefresh(subject: Subject) {
  const scope = `openid offline_access ${storageScopes}`;
  return withAgents(async (agent) => {
    const { code } = await subject.logIn(new UserAgent(), scope);
    let token = (await redeem(agent, subject, code)).refresh_token;
    return async () => {
      const form = { grant_type: 'refresh_token', refresh_token: token ?? '' };
      const answer = await exchange(agent, tokenRequest(subject, basicOf(subject.portal), form));
      token = tokensOf(answer).refresh_token;
      if (token === undefined) throw new Error('a refresh without a new refresh token');
    };
  });
}

/** A browser that is logged in and has consented, one a connection: a redirect with a code, then its redemption. */
async function prepareCodeFlow(subject: Subject) {
  const scope = `openid ${storageScopes}`;
  const path = `${subject.paths.authorize}?${authorizationQuery(subject, scope)}`;
  return withAgents(async (agent) => {
    const browser = new UserAgent();
    await subject.logIn(browser, scope);
    const cookies = new Map([...browser.cookies].filter(([, cookie]) => cookie.path === '/'));
    return async () => {
      const cookie = [...cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
      const { status, headers } = await exchange(agent, {
        issuer: subject.issuer,
        path,
        method: 'GET',
        headers: { cookie, accept: 'text/html' },
      });
      const code = new URL(headers.location ?? '', subject.issuer).searchParams.get('code');
      if (code === null) throw new Error(`${subject.name} answered ${status} without a code`);
      await redeem(agent, subject, code);
    };
  });
}

async function withAgents(makeWorker: (agent: Agent) => Promise<() => Promise<void>>) {
  const agent = createAgent(userConnections);
  const workers: (() => Promise<void>)[] = [];
  // One after the other: a password is slow to check on purpose, and only so many at a time.
  for (let index = 0; index < userConnections; index += 1) workers.push(await makeWorker(agent));
  return (seconds: number) => closedLoop(workers, seconds).finally(() => agent.destroy());
}

async function redeem(agent: Agent, subject: Subject, code: string | undefined): Promise<Record<string, string>> {
  const { portal } = subject;
  const form = { grant_type: 'authorization_code', code: code ?? '', redirect_uri: portal.redirectUri };
  return tokensOf(await exchange(agent, tokenRequest(subject, basicOf(portal), form)));
}

function tokenRequest({ issuer, paths }: Subject, authorization: string, form: Record<string, string>): Exchange {
  const body = new URLSearchParams(form).toString();
  return { issuer, path: paths.token, method: 'POST', headers: { authorization }, form: body };
}

/** Fails unless the answer holds a JWT with every storage scope: a fast refusal is no result. */
function tokensOf({ status, body }: Answer): Record<string, string> {
  const tokens = status === 200 ? JSON.parse(body) : {};
  const [, claims = ''] = String(tokens.access_token).split('.');
  if (!claims || !String(tokens.scope).includes(storageScopes)) throw new Error(`no token, but ${status}: ${body}`);
  return tokens;
}

async function expectSuccess(request: Exchange): Promise<void> {
  const agent = createAgent(1);
  const answer = await exchange(agent, request).finally(() => agent.destroy());
  if (answer.status !== 200) throw new Error(`${request.path} answered ${answer.status}: ${answer.body}`);
  if (request.method === 'POST') tokensOf(answer);
}
