/** The setting with the receivers of events: what it accepts, and that its faults tell no secret. */
import { loadConfig } from '../../../src/config/env.ts';
import { renderConfig } from '../../../src/config/reference.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const hook = { name: 'catalogue', url: 'https://catalogue.example/hooks', secret };

function load(webhooks: unknown, env: Record<string, string> = {}) {
  return loadConfig({ SLUICE_WEBHOOKS: typeof webhooks === 'string' ? webhooks : JSON.stringify(webhooks), ...env });
}

function faults(webhooks: unknown, env: Record<string, string> = {}): readonly string[] {
  const result = load(webhooks, env);
  return result.ok ? [] : result.error;
}

test('a webhook has a name, a URL, one or several secrets, and by default all events', () => {
  const result = load([hook, { ...hook, name: 'mail', secret: [secret, other], events: ['embargo.ending'] }]);
  expect(result.ok && result.value.webhooks).toEqual([
    { name: 'catalogue', url: hook.url, secrets: [secret], events: ['embargo.*', 'grant.*'] },
    { name: 'mail', url: hook.url, secrets: [secret, other], events: ['embargo.ending'] },
  ]);
});

test.each([
  ['no JSON', '[{', 'expected a JSON list of webhooks'],
  ['no list', { hook }, 'expected a JSON list of webhooks'],
  ['a name with spaces', [{ ...hook, name: 'My Hook' }], '`[0].name`: expected lower case letters'],
  ['the same name twice', [hook, hook], 'a name occurs twice'],
  ['another scheme', [{ ...hook, url: 'ftp://x.example/' }], '`[0].url`: expected an `https` URL'],
  ['a password in the URL', [{ ...hook, url: 'https://u:hunter2@x.example/' }], '`[0].url`: expected an `https` URL'],
  ['a short secret', [{ ...hook, secret: 'whsec_aHVudGVyMg==' }], '`[0].secret`: expected `whsec_` and base64'],
  ['a plain secret', [{ ...hook, secret: 'hunter2'.repeat(9) }], '`[0].secret`: expected `whsec_` and base64'],
  ['an unknown event', [{ ...hook, events: ['embargo.gone'] }], '`[0].events[0]`: expected one of embargo.*'],
  ['an unknown field', [{ ...hook, hunter: 2 }], 'hunter'],
])('%s is a fault', (_, webhooks, message) => {
  const found = faults(webhooks);
  expect(found).toEqual([expect.stringContaining(message)]);
  expect(found.join()).not.toMatch(/hunter2|aHVudGVyMg|whsec_[A-Za-z0-9+/]{20}/);
});

test('production demands https, unless the receiver is on the same machine', () => {
  const production = {
    NODE_ENV: 'production',
    SLUICE_COOKIE_SECRETS: 'x'.repeat(32),
    SLUICE_KEYS_SECRET: 'y'.repeat(32),
    SLUICE_ISSUER: 'https://i.example/',
  };
  expect(faults([{ ...hook, url: 'http://catalogue.example/' }], production)).toEqual([
    '`SLUICE_WEBHOOKS`: the URL of `catalogue` is not https, expected https in production',
  ]);
  expect(faults([{ ...hook, url: 'http://127.0.0.1:9999/' }], production)).toEqual([]);
  expect(faults([{ ...hook, url: 'http://catalogue.example/' }])).toEqual([]);
});

test('a printed configuration shows how many webhooks there are, and nothing of them', () => {
  const result = load([hook, { ...hook, name: 'mail' }]);
  expect(result.ok && renderConfig(result.value)).toContain('SLUICE_WEBHOOKS=********,********\n');
});
