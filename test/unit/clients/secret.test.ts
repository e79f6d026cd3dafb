import {
  clientSecretHashPattern,
  generateClientSecret,
  hashClientSecret,
  secretMatches,
} from '../../../src/clients/secret.ts';

describe('client secrets', () => {
  test('the stored form is sha256 in base64url of a known vector', () => {
    expect(hashClientSecret('abc')).toBe('sha256:ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
    expect(hashClientSecret('abc')).toMatch(clientSecretHashPattern);
  });

  test('only the secret itself matches, and a malformed hash matches nothing', () => {
    const hash = hashClientSecret('portal-demo-secret');
    expect(secretMatches('portal-demo-secret', hash)).toBe(true);
    expect(secretMatches('portal-demo-secre', hash)).toBe(false);
    expect(secretMatches(hash, hash)).toBe(false);
    expect(secretMatches('portal-demo-secret', 'portal-demo-secret')).toBe(false);
    expect(secretMatches('', '')).toBe(false);
  });

  test('a generated secret has 256 bits in URL-safe characters and is never the same', () => {
    const made = new Set(Array.from({ length: 50 }, generateClientSecret));
    expect(made.size).toBe(50);
    for (const secret of made) expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});
