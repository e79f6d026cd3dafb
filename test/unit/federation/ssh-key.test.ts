/** SSH keys that no `ssh-keygen` of a test machine makes: security keys, and keys that are written so that they have several fingerprints. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readSshKey } from '../../../src/federation/ssh-key.ts';
import { isSignedBySshKey } from '../../../src/federation/ssh-signature.ts';

const message = 'challenge';
const text = (part: string | Buffer) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.from(part).length);
  return Buffer.concat([length, Buffer.from(part)]);
};
const wire = (...parts: readonly (string | Buffer)[]) => Buffer.concat(parts.map(text));
const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest();
const partOf = (key: KeyObject, name: 'x' | 'y' | 'e' | 'n') =>
  Buffer.from(key.export({ format: 'jwk' })[name] ?? '', 'base64url');

const edwards = generateKeyPairSync('ed25519');
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const point = Buffer.concat([Buffer.from([4]), partOf(elliptic.publicKey, 'x'), partOf(elliptic.publicKey, 'y')]);

const securityKeys = {
  'sk-ssh-ed25519@openssh.com': {
    blob: wire('sk-ssh-ed25519@openssh.com', partOf(edwards.publicKey, 'x'), 'ssh:'),
    sign: (data: Buffer) => sign(null, data, edwards.privateKey),
  },
  'sk-ecdsa-sha2-nistp256@openssh.com': {
    blob: wire('sk-ecdsa-sha2-nistp256@openssh.com', 'nistp256', point, 'ssh:'),
    sign: (data: Buffer) => {
      const both = sign('sha256', data, { key: elliptic.privateKey, dsaEncoding: 'ieee-p1363' });
      const number = (bytes: Buffer) => Buffer.concat([Buffer.from([0]), bytes]);
      return wire(number(both.subarray(0, 32)), number(both.subarray(32)));
    },
  },
};

/** What `ssh-keygen -Y sign` writes with a security key (OpenSSH PROTOCOL.sshsig, PROTOCOL.u2f). */
function signedBy(type: keyof typeof securityKeys, { flags = 1, application = 'ssh:', namespace = 'sluice' } = {}) {
  const { blob, sign: make } = securityKeys[type];
  const tail = Buffer.from([flags, 0, 0, 0, 7]);
  const toSign = Buffer.concat([
    Buffer.from('SSHSIG'),
    wire(namespace, '', 'sha512', createHash('sha512').update(message).digest()),
  ]);
  const value = make(Buffer.concat([sha256(application), tail, sha256(toSign)]));
  const signature = Buffer.concat([wire(type, value), tail]);
  const raw = Buffer.concat([Buffer.from('SSHSIG\0\0\0\x01'), wire(blob, namespace, '', 'sha512', signature)]);
  return `-----BEGIN SSH SIGNATURE-----\n${raw.toString('base64')}\n-----END SSH SIGNATURE-----\n`;
}

describe.each(Object.keys(securityKeys) as (keyof typeof securityKeys)[])('a security key %s', (type) => {
  const line = `${type} ${securityKeys[type].blob.toString('base64')}`;

  test('is read, and proved by a signature that somebody touched it for', () => {
    expect(readSshKey(`${line} alice@desk`)).toMatchObject({ ok: true, value: { key: line, name: 'alice@desk' } });
    expect(isSignedBySshKey(line, message, signedBy(type))).toBe(true);
  });

  test.each([
    ['without a touch', { flags: 0 }],
    ['for another application', { application: 'ssh:other' }],
    ['for another purpose', { namespace: 'git' }],
  ])('is not proved %s', (_what, change) => {
    expect(isSignedBySshKey(line, message, signedBy(type, change))).toBe(false);
  });
});

test('the base64 alone is a key, and a comment becomes its name', () => {
  const encoded = wire('ssh-ed25519', partOf(edwards.publicKey, 'x')).toString('base64');
  const fingerprint = `SHA256:${sha256(Buffer.from(encoded, 'base64')).toString('base64').replace(/=+$/, '')}`;
  const key = { fingerprint, key: `ssh-ed25519 ${encoded}` };
  expect(readSshKey(encoded)).toEqual({ ok: true, value: { ...key, name: null } });
  expect(readSshKey(` ssh-ed25519 ${encoded}  my  laptop\n`)).toEqual({
    ok: true,
    value: { ...key, name: 'my laptop' },
  });
});

// Whoever could write a key in several ways could give each of several accounts "another" one.
test('a key has one way to be written', () => {
  const x = partOf(edwards.publicKey, 'x');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const [e, n] = [partOf(rsa, 'e'), Buffer.concat([Buffer.from([0]), partOf(rsa, 'n')])];
  const encoded = (...parts: readonly (string | Buffer)[]) => wire(...parts).toString('base64');
  expect(readSshKey(`ssh-rsa ${encoded('ssh-rsa', e, n)}`).ok).toBe(true);
  for (const wrong of [
    `ssh-ed25519 ${encoded('ssh-ed25519', x, 'more')}`,
    `ssh-rsa ${encoded('ssh-rsa', Buffer.concat([Buffer.from([0]), e]), n)}`,
    `ssh-rsa ${encoded('ssh-rsa', e, Buffer.concat([Buffer.from([0]), n]))}`,
    `ssh-rsa ${encoded('ssh-rsa', e, n.subarray(1))}`,
    `sk-ssh-ed25519@openssh.com ${encoded('sk-ssh-ed25519@openssh.com', x)}`,
    `ssh-ed25519 ${encoded('ssh-ed25519', x)} one\nssh-ed25519 ${encoded('ssh-ed25519', x)} two`,
    `ssh-ed25519 ${encoded('ssh-ed25519', x)} a\0b`,
    `restrict ssh-ed25519 ${encoded('ssh-ed25519', x)}`,
  ]) {
    expect(readSshKey(wrong)).toMatchObject({ ok: false, error: { code: 'invalid', field: 'key' } });
  }
});
