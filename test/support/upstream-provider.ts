/** An upstream provider that says whatever a test wants it to, signed with its key or another's. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';

export interface UpstreamProvider {
  readonly url: string;
  /** The key that it publishes, as PEM. */
  readonly publicKey: string;
  /** Where the browser comes back to after a login there: `sent` is where it was sent. */
  answer(sent: URL, saying?: Saying): URL;
  /** Undefined leaves a claim out. */
  sign(claims: Record<string, unknown>, how?: Signing): Promise<string>;
  /** What it answers at a path from now on; undefined: honestly again. */
  instead(path: string, answer?: (response: ServerResponse) => void): void;
  close(): Promise<void>;
}

export interface Saying {
  /** In the ID token, instead of what an honest one says; undefined leaves a claim out. */
  readonly claims?: Record<string, unknown>;
  readonly userinfo?: Record<string, unknown>;
  readonly signing?: Signing;
}

export interface Signing {
  /** By a key that the provider does not publish. */
  readonly strange?: boolean;
  readonly header?: Partial<JWTHeaderParameters>;
  /** Makes the ID token itself; `honest` is what it would have been. */
  readonly forge?: (claims: Record<string, unknown>, honest: string) => string | Promise<string>;
}

/** `metadata` is added to what its discovery says. */
export async function startUpstreamProvider(
  clientId = 'lake',
  metadata: Record<string, unknown> = {},
): Promise<UpstreamProvider> {
  const own = await generateKeyPair('ES256');
  const strange = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'ES256', use: 'sig' };
  const codes = new Map<string, { readonly nonce: string; readonly saying: Saying }>();
  const instead = new Map<string, (response: ServerResponse) => void>();
  let userinfo: Record<string, unknown> = {};

  const sign: UpstreamProvider['sign'] = (claims, how = {}) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'own', ...how.header })
      .sign(how.strange ? strange.privateKey : own.privateKey);

  const redeem = async (body: string) => {
    const { nonce = '', saying = {} } = codes.get(new URLSearchParams(body).get('code') ?? '') ?? {};
    const now = Math.floor(Date.now() / 1000);
    const honest = { iss: url, aud: clientId, sub: 'ada', nonce, iat: now, exp: now + 60, auth_time: now, sid: 'one' };
    const claims = { ...honest, ...saying.claims };
    userinfo = { sub: claims.sub, ...saying.userinfo };
    const honestly = await sign(claims, saying.signing);
    const idToken = (await saying.signing?.forge?.(claims, honestly)) ?? honestly;
    return { access_token: 'opaque', token_type: 'Bearer', expires_in: 60, id_token: idToken };
  };

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const other = instead.get(request.url ?? '');
    if (other !== undefined) return other(response);
    if (request.url === '/token') return send(response, await redeem(Buffer.concat(chunks).toString()));
    if (request.url === '/userinfo') return send(response, userinfo);
    if (request.url === '/jwks') return send(response, { keys: [jwk] });
    send(response, {
      issuer: url,
      authorization_endpoint: `${url}/authorize`,
      token_endpoint: `${url}/token`,
      userinfo_endpoint: `${url}/userinfo`,
      end_session_endpoint: `${url}/end`,
      jwks_uri: `${url}/jwks`,
      id_token_signing_alg_values_supported: ['ES256'],
      ...metadata,
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    publicKey: await exportSPKI(own.publicKey),
    instead: (path, answer) => {
      if (answer === undefined) instead.delete(path);
      else instead.set(path, answer);
    },
    answer: (sent, saying = {}) => {
      const code = `code-${codes.size}`;
      codes.set(code, { nonce: sent.searchParams.get('nonce') ?? '', saying });
      const back = new URL(sent.searchParams.get('redirect_uri') ?? '');
      back.search = new URLSearchParams({ code, state: sent.searchParams.get('state') ?? '' }).toString();
      return back;
    },
    sign,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
