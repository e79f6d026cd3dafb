import { hashPassword, isPasswordHash, needsRehash, verifyPassword } from '../../../src/accounts/password.ts';

describe('passwords of accounts', () => {
  test('a hash is argon2id with the OWASP parameters and matches only its own password', async () => {
    const hash = await hashPassword('correct horse');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,/);
    expect(await verifyPassword(hash, 'correct horse')).toBe(true);
    expect(await verifyPassword(hash, 'correct horse ')).toBe(false);
  });

  test('an account without a hash refuses every password, the empty one included', async () => {
    expect(await verifyPassword(null, '')).toBe(false);
    expect(await verifyPassword(null, 'anything')).toBe(false);
  });

  test('an unknown account costs the same work as a wrong password', async () => {
    const hash = await hashPassword('x');
    const cost = (text: string) => text.split('$').slice(1, 4).join('$');
    const timed = async (stored: string | null) => {
      const started = performance.now();
      await verifyPassword(stored, 'wrong');
      return performance.now() - started;
    };
    // The work is set by the parameters; a dummy of another cost would show as a multiple, not as noise.
    const known = Math.min(await timed(hash), await timed(hash), await timed(hash));
    const unknown = Math.min(await timed(null), await timed(null), await timed(null));
    expect(unknown / known).toBeGreaterThan(0.4);
    expect(unknown / known).toBeLessThan(2.5);
    expect(cost(hash)).toBe('argon2id$v=19$m=19456,p=1,t=2');
  });

  test('a hash made with other parameters asks to be made anew', async () => {
    expect(needsRehash(await hashPassword('x'))).toBe(false);
    expect(
      needsRehash('$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHRzb21l$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A'),
    ).toBe(true);
  });

  test.each([
    [
      'the library’s own order of parameters',
      '$argon2id$v=19$m=19456,p=1,t=2$iLJbozBnrxFpg1YyohB+Yw$NXlCjYyr1dBM8/MziNcHsTfDjwcCZ3Xp8GhRX8a7zc8',
      true,
    ],
    [
      'the reference order',
      '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A',
      true,
    ],
    ['argon2i', '$argon2i$v=19$m=4096,t=3,p=1$c29tZXNhbHQ$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A', false],
    ['bcrypt', '$2b$12$EXRkfkdmXn2gzds2SSitu.MW9.gAVqa9eLS1//RYtYCmB1eLHg.9q', true],
    ['bcrypt as Spring writes it', '$2a$10$EXRkfkdmXn2gzds2SSitu.MW9.gAVqa9eLS1//RYtYCmB1eLHg.9q', true],
    ['bcrypt that takes seconds', '$2b$15$EXRkfkdmXn2gzds2SSitu.MW9.gAVqa9eLS1//RYtYCmB1eLHg.9q', false],
    ['bcrypt of the broken kind', '$2x$12$EXRkfkdmXn2gzds2SSitu.MW9.gAVqa9eLS1//RYtYCmB1eLHg.9q', false],
    [
      'a parameter twice',
      '$argon2id$v=19$m=4096,m=4096,p=1$c29tZXNhbHQ$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A',
      false,
    ],
    [
      'a cost that would stop the server',
      '$argon2id$v=19$m=9999999,t=3,p=1$c29tZXNhbHQ$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A',
      false,
    ],
    ['a password in clear', 'alice-demo-password', false],
  ])('a hash from outside: %s', (_, text, accepted) => {
    expect(isPasswordHash(text)).toBe(accepted);
  });
});
