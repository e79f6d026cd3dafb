/** Where a form may end. */
import { formTargetsOf } from '../../../src/http/pages/security-headers.ts';

test.each([
  ['https://portal.example/callback?x=1', ['https:']],
  ['http://localhost:9000/callback', ['http://localhost:*', 'http://127.0.0.1:*']],
  ['edu.kit.data.oidc-agent:/redirect', ['edu.kit.data.oidc-agent:']],
  ['http://[::1]:4242/', ['http:']],
  ['https://a;script-src,b/', ['https:']],
  ['javascript:alert(1)', []],
  ['not a uri', []],
  [undefined, []],
])('a redirect to %s allows %j', (uri, targets) => {
  expect(formTargetsOf(uri)).toEqual(targets);
});
