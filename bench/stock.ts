/** The stock oidc-provider of `stock-server.ts` as a subject. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { callback } from '../test/support/code-flow.ts';
import { freePort } from '../test/support/server-process.ts';
import type { Page, UserAgent } from '../test/support/user-agent.ts';
import type { Place } from './place.ts';
import { type ServerChild, startServer } from './server-child.ts';
import type { Installation } from './sluice.ts';
import { audience, authorizationQuery, type Subject } from './subject.ts';

const discovery = '/.well-known/openid-configuration';

export async function installStock(place: Place): Promise<Installation & { readonly secret: string }> {
  const port = await freePort();
  const secret = randomBytes(32).toString('base64url');
  return {
    issuer: `http://localhost:${port}/`,
    secret,
    start: async () => {
      place.assertOpen();
      return startServer({
        script: 'exec node bench/stock-server.ts',
        environment: { BENCH_STOCK_PORT: String(port), BENCH_STOCK_SECRET: secret },
        healthUrl: `http://127.0.0.1:${port}${discovery}`,
        logFile: join(place.directory, 'stock.log'),
        onStarted: place.atEnd,
      });
    },
  };
}

export function stockSubject(issuer: string, secret: string, { pid }: ServerChild): Subject {
  const client = { id: 'stock', secret };
  const subject: Subject = {
    name: 'stock oidc-provider',
    issuer,
    pid,
    databasePid: null,
    paths: { authorize: '/auth', token: '/token', discovery, jwks: '/jwks' },
    target: { resource: audience },
    machine: client,
    portal: { ...client, redirectUri: 'http://localhost:9000/callback' },
    logIn: async (agent, scope) => callback(await logIn(subject, agent, scope)),
  };
  return subject;
}

/** Through the development pages: any name and password, then consent. */
async function logIn(subject: Subject, agent: UserAgent, scope: string): Promise<Page> {
  const url = new URL(subject.paths.authorize, subject.issuer);
  // The library gives refresh tokens to those only who ask for consent.
  const prompt: Record<string, string> = scope.includes('offline_access') ? { prompt: 'consent' } : {};
  url.search = new URLSearchParams([...authorizationQuery(subject, scope), ...Object.entries(prompt)]).toString();
  let page = await agent.follow(await agent.get(url));
  if (page.html.includes('name="password"')) {
    page = await agent.follow(await agent.submit(page, '', { login: 'alice', password: 'any' }));
  }
  return page.location === null ? agent.follow(await agent.submit(page, '')) : page;
}
