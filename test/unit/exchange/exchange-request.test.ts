import { readExchangeRequest } from '../../../src/exchange/exchange-request.ts';

const type = (name: string) => `urn:ietf:params:oauth:token-type:${name}`;
const least = { subject_token: 'a.b.c', subject_token_type: type('access_token') };

test('the least request asks for the scopes of the subject token', () => {
  expect(readExchangeRequest(least)).toEqual({
    ok: true,
    value: {
      subjectToken: 'a.b.c',
      subjectType: 'access_token',
      actorToken: null,
      requestedType: null,
      scopes: null,
      mayAct: null,
    },
  });
});

test('a JWT is an access token, scopes keep their order and repeat nothing', () => {
  const said = { ...least, subject_token_type: type('jwt'), scope: ' b a  b ' };
  expect(readExchangeRequest(said)).toMatchObject({ value: { subjectType: 'access_token', scopes: ['b', 'a'] } });
});

test.each([
  [{}, "missing required parameter 'subject_token'"],
  [{ subject_token: 'a.b.c' }, "missing required parameter 'subject_token_type'"],
  [{ ...least, subject_token_type: type('id_token') }, /^subject_token_type .*id_token is not supported, expected /],
  [{ ...least, requested_token_type: 'a.b.c' }, /^requested_token_type is not supported, expected /],
  [{ ...least, actor_token: 'd.e.f' }, 'actor_token and actor_token_type come together or not at all'],
  [{ ...least, actor_token_type: type('jwt') }, 'actor_token and actor_token_type come together or not at all'],
  [{ ...least, actor_token: 'd', actor_token_type: type('refresh_token') }, /^actor_token_type .* is not supported$/],
  [{ ...least, subject_token: ['a', 'b'] }, "missing required parameter 'subject_token'"],
])('%j is refused with a word about what is wrong', (parameters, message) => {
  const read = readExchangeRequest(parameters);
  expect(read.ok ? '' : read.error).toMatch(message);
});
