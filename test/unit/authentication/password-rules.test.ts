/** Which passwords are taken (NIST SP 800-63B section 3.1.1.2). */
import { checkPassword, type PasswordFault } from '../../../src/authentication/password-rules.ts';

const alice = {
  username: 'alice.smith',
  email: 'alice.smith@observatory.example',
  name: 'Alice Smith',
  words: ['escape'],
};

describe('a password is taken', () => {
  test.each([
    ['words without digits or capitals', 'wasser fall tisch lampe'],
    ['a random one of twelve characters', 'gx7!kQz9wP#m'],
    ['of any script', 'Пятнадцать слонов идут домой'],
    ['with spaces and emoji', 'seven 🐘 walk along the weir'],
    ['of many characters', 'correct horse battery staple '.repeat(35)],
  ])('%s', (_, password) => {
    expect(checkPassword(password, alice).ok).toBe(true);
  });

  test('and normalised, so that every keyboard makes the same of it', () => {
    const composed = 'brücke über den fluß'.normalize('NFC');
    expect(checkPassword(composed.normalize('NFD'), alice)).toEqual({ ok: true, value: composed });
  });
});

describe('a password is refused', () => {
  test.each<[PasswordFault, string]>([
    ['short', 'gx7!kQz9wP#'],
    ['short', '🐘🐘🐘🐘🐘🐘'],
    ['long', 'gx7!'.repeat(257)],
    ['character', 'gx7!kQz9wP#m\0'],
    ['character', 'gx7!kQz9wP#m\ud800'],
    ['guessable', 'passwordpassword'],
    ['guessable', 'Password1234!'],
    ['guessable', 'P@ssw0rd2024'],
    ['guessable', 'qwertyuiop123'],
    ['guessable', '123456789012'],
    ['guessable', 'aaaaaaaaaaaaaaaaaaaaaa'],
    ['guessable', 'iloveyou12345'],
    ['personal', 'alice.smith.1'],
    ['personal', 'SMITH-smith-smith'],
    ['personal', 'observatory1!'],
    ['personal', 'sluice-Sluice-1'],
    ['personal', 'escape2026!!!!'],
  ])('as %s: %j', (fault, password) => {
    expect(checkPassword(password, alice)).toEqual({ ok: false, error: fault });
  });
});
