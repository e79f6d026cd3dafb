/** Messages are signed as receivers with a Standard Webhooks library check them. */
import { signMessage } from '../../../src/events/signature.ts';

/** The vector of the Standard Webhooks libraries. */
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const body = '{"test": 2432232314}';
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

test('the signature is that of the Standard Webhooks libraries', () => {
  expect(signMessage([secret], id, 1614265330, body)).toBe(signature);
});

test('with two secrets there are two signatures, so that a receiver that knows either accepts', () => {
  const other = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
  const [first, second, ...rest] = signMessage([other, secret], id, 1614265330, body).split(' ');
  expect([second, rest]).toEqual([signature, []]);
  expect(first).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
  expect(first).not.toBe(signature);
});

test.each([
  ['the id', () => signMessage([secret], 'msg_x', 1614265330, body)],
  ['the time', () => signMessage([secret], id, 1614265331, body)],
  ['the body', () => signMessage([secret], id, 1614265330, `${body} `)],
])('%s is covered by the signature', (_, sign) => {
  expect(sign()).not.toBe(signature);
});
