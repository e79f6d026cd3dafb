/** A tiny web application that sends its users to the issuer: the confidential client `portal` of the example lake, on a port of its own. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt, type JWTPayload } from 'jose';
import { exampleLake } from './issuer.ts';

export interface Portal {
  readonly origin: string;
  /** The example lake with the portal's redirect URIs at this port. */
  readonly lake: string;
  /** Where the portal sends its user. */
  authorizeUrl(issuer: string, parameters: Readonly<Record<string, string>>): string;
  /** Query of the latest callback. */
  callback(): URLSearchParams;
  /** Redeems the code of the latest callback. */
  redeem(issuer: string): Promise<{ status: number; body: Record<string, string>; claims: JWTPayload }>;
  close(): Promise<void>;
}

export async function startPortal(): Promise<Portal> {
  let latest = new URLSearchParams();
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://portal');
    if (url.pathname === '/callback') {
      latest = url.searchParams;
      // As many applications do, it passes the browser on from its callback, here to another origin.
      res.statusCode = 302;
      res.setHeader('location', `http://127.0.0.1:${(server.address() as AddressInfo).port}/welcome`);
    }
    res.setHeader('content-type', 'text/html');
    res.end(`<!doctype html><title>Portal</title><h1>${url.pathname === '/welcome' ? 'Welcome back' : 'Portal'}</h1>`);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const redirectUri = `${origin}/callback`;
  const lake = (await exampleLake()).replaceAll('http://localhost:9000', origin);

  return {
    origin,
    lake,
    authorizeUrl: (issuer, parameters) => {
      const query = {
        client_id: 'portal',
        response_type: 'code',
        redirect_uri: redirectUri,
        state: 'st',
        ...parameters,
      };
      return `${issuer}authorize?${new URLSearchParams(query)}`;
    },
    callback: () => latest,
    redeem: async (issuer) => {
      const response = await fetch(`${issuer}token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('portal:portal-demo-secret')}` },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: latest.get('code') ?? '',
          redirect_uri: redirectUri,
        }),
      });
      const body = (await response.json()) as Record<string, string>;
      return { status: response.status, body, claims: body.access_token ? decodeJwt(body.access_token) : {} };
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
