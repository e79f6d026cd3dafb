/** The examples of docs/integration/validate.md are the compiled ones, and they work; its tables name everything. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import Koa from 'koa';
import request from 'supertest';
import { createValidator, operations, type Validator } from '../../../src/validate/index.ts';
import { mayRead } from '../../types/examples/decide.ts';
import { requireToken as expressMiddleware } from '../../types/examples/express.ts';
import { requireToken as koaMiddleware } from '../../types/examples/koa.ts';
import { validator as documented } from '../../types/examples/validator.ts';
import { isTokensFault, statusOf } from '../../types/validate.ts';
import { audience, claimsOf, createKey, FakeClock, issuerUrl, type SigningKey, sign } from './fake-issuer.ts';

const examples = new URL('../../types/examples/', import.meta.url);
const document = readFileSync(new URL('../../../docs/integration/validate.md', import.meta.url), 'utf8');

let key: SigningKey;
let validator: Validator;
let token: string;

beforeAll(async () => {
  key = await createKey('one');
  token = await sign(key, claimsOf({ scope: 'storage.read:/data' }));
  const issuers = [{ issuer: issuerUrl, audiences: [audience], basePath: '/escape', jwks: { keys: [key.publicJwk] } }];
  validator = createValidator({ issuers, clock: new FakeClock() });
});

test.each(readdirSync(examples))('the document shows %s as it is compiled', (name) => {
  const source = readFileSync(new URL(name, examples), 'utf8').replace(
    '../../../src/validate/index.ts',
    'sluice/validate',
  );
  expect(document).toContain(`\`\`\`ts\n${source}\`\`\``);
});

test('the document names every operation, code and reason', () => {
  const types = readFileSync(new URL('../../types/validate.ts', import.meta.url), 'utf8');
  const words = [...types.matchAll(/case '(\w+)':/g)].map(([, word]) => word);
  expect(words).toHaveLength(23);
  for (const word of [...words, ...operations]) expect(document).toContain(`\`${word}\``);
});

test('the switches of the type tests answer as they read', () => {
  expect([statusOf('keys_unavailable'), statusOf('token_expired')]).toEqual([503, 401]);
  expect([isTokensFault('token_expired'), isTokensFault('path_not_covered')]).toEqual([true, false]);
});

test('validate and authorize in one sentence', async () => {
  expect(await mayRead(validator, token, '/escape/data/f')).toBe('allowed by storage.read:/data');
  expect(await mayRead(validator, token, '/escape/other')).toBe('denied: path_not_covered');
  expect(await mayRead(validator, 'x', '/escape/other')).toBe('refused: token_malformed');
});

test('the validator of the document trusts its issuer only', async () => {
  expect(await mayRead(documented, await sign(key, claimsOf({ iss: 'https://evil.example/' })), '/')).toBe(
    'refused: issuer_unknown',
  );
});

const servers = {
  koa: () => {
    const app = new Koa();
    app.use(koaMiddleware(validator));
    app.use((ctx) => {
      ctx.body = ctx.state.claims.sub;
    });
    return app.callback();
  },
  express: () => {
    const middleware = expressMiddleware(validator);
    return createServer((incoming, response) => {
      const path = (incoming.url ?? '').split('?')[0] ?? '';
      void middleware(Object.assign(incoming as IncomingMessage, { path }), response, () => response.end('passed'));
    });
  },
};

describe.each(['koa', 'express'] as const)('the %s middleware', (name) => {
  const ask = (path: string, authorization = '') =>
    request(servers[name]()).get(path).set('Authorization', authorization);

  test('lets a covered request pass', async () => {
    await ask('/escape/data/f?x=1', `Bearer ${token}`).expect(200);
  });

  test('answers 401 without a token and with a bad one (W-RS-9)', async () => {
    await ask('/escape/data/f')
      .expect(401)
      .expect('WWW-Authenticate', /^Bearer error="invalid_token"/);
    await ask('/escape/data/f', 'Bearer x').expect(401);
  });

  test('answers 403 where the scope does not reach (W-RS-9)', async () => {
    const answer = await ask('/escape/other', `Bearer ${token}`).expect(403);
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer error="insufficient_scope", error_description="path_not_covered"',
    );
  });

  test('answers 405 to a method that it does not know', async () => {
    await request(servers[name]()).patch('/escape/data').expect(405);
  });
});
