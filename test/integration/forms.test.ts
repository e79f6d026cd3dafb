/** Forms that are too long are answered and not cut off (src/http/body.ts). */
import { request } from 'node:http';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.close());

/** Sends a form piece by piece, without its length and without an end. */
function statusOfEndlessForm(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, issuer.url), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    sent.once('error', reject);
    sent.once('response', (response) => {
      resolve(response.statusCode);
      sent.destroy();
    });
    sent.write(`username=${'x'.repeat(70_000)}`);
  });
}

test.each(['login', 'token'])('a form without end at /%s gets 413', async (path) => {
  expect(await statusOfEndlessForm(path)).toBe(413);
});
