import { hash, type X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClientCertificates, createClientCertificates } from '../support/client-certificates.ts';
import { decode, post } from '../support/http.ts';
import { type IssuerOptions, startIssuer, type TestIssuer } from '../support/issuer.ts';
import { proofLake } from '../support/proof-lake.ts';

let directory: string;
let certificates: ClientCertificates;
let issuer: TestIssuer;

const header = 'X-SSL-Client-Cert';
/** As nginx writes `$ssl_client_escaped_cert`. */
const asPem = (certificate: X509Certificate) => encodeURIComponent(certificate.toString());
/** RFC 9440 section 2.1. */
const asBytes = (certificate: X509Certificate) => `:${certificate.raw.toString('base64')}:`;

const start = (config: IssuerOptions['config']) =>
  startIssuer({ realTime: true, lake: lake(), ...(config && { config }) });

function lake(): string {
  const robot = { grantTypes: ['client_credentials'], redirectUris: [] };
  const { selfSigned } = certificates;
  const { kty, crv, x, y } = selfSigned.publicKey.export({ format: 'jwk' });
  const jwks = { keys: [{ kty, crv, x, y, x5c: [selfSigned.raw.toString('base64')] }] };
  return proofLake([
    {
      ...robot,
      clientId: 'named',
      tokenEndpointAuthMethod: 'tls_client_auth',
      tlsClientAuthSubjectDn: 'CN=robot, O=Example\\, Inc., C=CH',
      tlsClientCertificateBoundAccessTokens: true,
    },
    { ...robot, clientId: 'dns', tokenEndpointAuthMethod: 'tls_client_auth', tlsClientAuthSanDns: 'robot.example.org' },
    { ...robot, clientId: 'self', tokenEndpointAuthMethod: 'self_signed_tls_client_auth', jwks },
    {
      ...robot,
      clientId: 'secret',
      clientSecret: 'secret-demo-secret',
      tlsClientCertificateBoundAccessTokens: true,
    },
  ]);
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-certificates-'));
  certificates = await createClientCertificates(directory);
  issuer = await start({
    clientCertHeader: header,
    clientCaFile: certificates.ca,
    trustedProxies: ['127.0.0.1'],
  });
});
afterAll(async () => {
  await issuer?.close();
  await rm(directory, { recursive: true });
});

const ask = (client_id: string, value?: string, at = issuer, more: Record<string, string> = {}) =>
  post(
    at,
    '/token',
    { grant_type: 'client_credentials', client_id, scope: 'storage.read:/data', audience: 'tree' },
    { headers: { ...(value !== undefined && { [header]: value }), ...more } },
  );

/** No grant lets these clients read: whoever is known is refused the scope, whoever is not is refused as client. */
const known = 'invalid_scope';

describe('a client that proves who it is by its certificate (RFC 8705)', () => {
  test.each([
    ['its name, as nginx passes it', 'named', () => asPem(certificates.robot), known],
    ['its name, in the form of RFC 9440', 'named', () => asBytes(certificates.robot), known],
    ['its DNS name', 'dns', () => asPem(certificates.robot), known],
    ['the certificate that it registered', 'self', () => asPem(certificates.selfSigned), known],
  ])('is known by %s', async (_name, client, value, error) => {
    expect((await ask(client, value())).body.error).toBe(error);
  });

  test.each([
    ['no certificate', 'named', () => undefined],
    ['the certificate of another', 'named', () => asPem(certificates.stranger)],
    ['another DNS name', 'dns', () => asPem(certificates.stranger)],
    ['its name from an unknown authority', 'named', () => asPem(certificates.forged)],
    ['a certificate for servers', 'named', () => asPem(certificates.server)],
    ['a certificate that is not the registered one', 'self', () => asPem(certificates.robot)],
    ['two certificates', 'named', () => `${asBytes(certificates.robot)}, ${asBytes(certificates.robot)}`],
    ['a certificate that is none', 'named', () => 'xxx'],
    ['half a certificate', 'named', () => asPem(certificates.robot).slice(0, 400)],
  ])('is refused with %s', async (_name, client, value) => {
    const { status, body } = await ask(client, value());
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  test('is not known by a certificate that has ended', async () => {
    const later = await start({
      clientCertHeader: header,
      clientCaFile: certificates.ca,
      trustedProxies: ['127.0.0.1'],
    });
    try {
      later.clock.advance(3 * 86_400);
      expect((await ask('named', asPem(certificates.robot), later)).status).toBe(401);
    } finally {
      await later.close();
    }
  });
});

test('the header of an address that is no trusted proxy is ignored (CA-13)', async () => {
  const open = await start({ clientCertHeader: header, clientCaFile: certificates.ca, trustedProxies: ['10.0.0.0/8'] });
  try {
    const more = { 'x-forwarded-for': '10.0.0.1' };
    const { status, body } = await ask('named', asPem(certificates.robot), open, more);
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  } finally {
    await open.close();
  }
});

test('without the setting no header counts, and such clients are none (CA-13)', async () => {
  const off = await start({ trustedProxies: ['127.0.0.1'] });
  try {
    for (const name of [header, 'Client-Cert', 'X-Forwarded-Client-Cert']) {
      const { status } = await ask('named', undefined, off, { [name]: asPem(certificates.robot) });
      expect(status).toBe(401);
    }
    const bound = await post(off, '/token', { grant_type: 'client_credentials' }, { client: 'secret' });
    expect([bound.status, bound.body.error]).toEqual([401, 'invalid_client']);
    const metadata = await fetch(new URL('.well-known/openid-configuration', off.url));
    expect(await metadata.text()).not.toContain('tls_client');
  } finally {
    await off.close();
  }
});

test('without authorities only certificates that clients registered count', async () => {
  const small = await start({ clientCertHeader: header, trustedProxies: ['127.0.0.1'] });
  try {
    expect((await ask('named', asPem(certificates.robot), small)).status).toBe(401);
    expect((await ask('self', asPem(certificates.selfSigned), small)).body.error).toBe(known);
  } finally {
    await small.close();
  }
});

test('a token is bound to the certificate that asked for it, and introspection says so (RFC 8705 section 3)', async () => {
  await issuer.apply(
    JSON.stringify({
      ...JSON.parse(lake()),
      grants: [{ id: 'robots-read', subject: 'client:named', actions: ['read'], path: '/' }],
    }),
  );
  const { body } = await ask('named', asPem(certificates.robot));
  const thumbprint = hash('sha256', certificates.robot.raw, 'base64url');
  expect(decode(body.access_token).claims.cnf).toEqual({ 'x5t#S256': thumbprint });
  expect(body.token_type).toBe('Bearer');
  const seen = await post(issuer, '/introspect', { token: body.access_token }, { client: 'portal' });
  expect(seen.body.cnf).toEqual({ 'x5t#S256': thumbprint });
});

test('a client that is registered for bound tokens gets no others', async () => {
  const fields = { grant_type: 'client_credentials', scope: 'storage.read:/data', audience: 'tree' };
  expect((await post(issuer, '/token', fields, { client: 'secret' })).body.error).toBe('invalid_grant');
});

test('the metadata names what is configured', async () => {
  const answer = await fetch(new URL('.well-known/openid-configuration', issuer.url));
  expect(await answer.json()).toMatchObject({
    tls_client_certificate_bound_access_tokens: true,
    token_endpoint_auth_methods_supported: expect.arrayContaining(['tls_client_auth', 'self_signed_tls_client_auth']),
  });
});
