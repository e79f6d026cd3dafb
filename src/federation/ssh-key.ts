/** Public SSH keys as people paste them (RFC 4253 section 6.6), and signatures by which they prove the private ones (OpenSSH PROTOCOL.sshsig). */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { ok } from '../shared/result.ts';
import type { SshKey } from './identities.ts';

/** For `ssh-keygen -Y sign -n`: a signature for anything else proves nothing here. */
export const sshNamespace = 'sluice';

const curves: Readonly<Record<string, { readonly crv: string; readonly bytes: number; readonly hash: string }>> = {
  nistp256: { crv: 'P-256', bytes: 32, hash: 'sha256' },
  nistp384: { crv: 'P-384', bytes: 48, hash: 'sha384' },
  nistp521: { crv: 'P-521', bytes: 66, hash: 'sha512' },
};
const leastRsaBits = 2048;

/** A key of a kind that is strong enough; the refusal says what was expected. */
export function readSshKey(text: string): PeopleAnswer<Omit<SshKey, 'addedAt'>> {
  const [type = '', encoded = '', ...comment] = text.trim().split(/\s+/);
  const blob = Buffer.from(encoded, 'base64');
  const isWhole = encoded !== '' && blob.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  const key = isWhole ? publicKeyOf(blob) : undefined;
  if (key === undefined || stringsOf(blob)?.[0]?.toString('latin1') !== type) {
    return refused('invalid', 'expected a public key such as `ssh-ed25519 AAAA… name`', 'key');
  }
  if ((key.asymmetricKeyDetails?.modulusLength ?? leastRsaBits) < leastRsaBits) {
    return refused('invalid', `expected an RSA key of at least ${leastRsaBits} bits`, 'key');
  }
  const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
  const name = comment.join(' ').slice(0, 200) || null;
  return ok({ fingerprint, name, key: `${type} ${blob.toString('base64')}` });
}

/** Whether the private key of `key` (type and base64) has signed the message. */
export function isSignedBySshKey(key: string, message: string, armored: string): boolean {
  const blob = Buffer.from(key.split(' ')[1] ?? '', 'base64');
  const body = /^-----BEGIN SSH SIGNATURE-----\s([A-Za-z0-9+/=\s]+)-----END SSH SIGNATURE-----$/.exec(armored.trim());
  const raw = Buffer.from(body?.[1] ?? '', 'base64');
  if (raw.subarray(0, 6).toString('latin1') !== 'SSHSIG' || raw.length < 10 || raw.readUInt32BE(6) !== 1) return false;
  const [signer, namespace, reserved, hash, signature] = stringsOf(raw.subarray(10)) ?? [];
  if (!signer?.equals(blob) || namespace?.toString() !== sshNamespace || reserved === undefined) return false;
  const algorithm = hash?.toString() ?? '';
  const publicKey = publicKeyOf(blob);
  const [type, value] = (signature && stringsOf(signature)) ?? [];
  if (!['sha256', 'sha512'].includes(algorithm) || publicKey === undefined) return false;
  if (type === undefined || value === undefined) return false;
  const digest = createHash(algorithm).update(message).digest();
  const parts = [namespace, reserved, Buffer.from(algorithm), digest].map(withLength);
  return verifyAs(type.toString('latin1'), publicKey, Buffer.concat([Buffer.from('SSHSIG'), ...parts]), value);
}

/** SHA-1 (`ssh-rsa` as the type of a signature) is no proof any more. */
function verifyAs(type: string, key: KeyObject, data: Buffer, value: Buffer): boolean {
  if (type === 'ssh-ed25519') return key.asymmetricKeyType === 'ed25519' && verify(null, data, key, value);
  if (type === 'rsa-sha2-256' || type === 'rsa-sha2-512') {
    return key.asymmetricKeyType === 'rsa' && verify(type.replace('rsa-sha2-', 'sha'), data, key, value);
  }
  const curve = curves[type.replace('ecdsa-sha2-', '')];
  const [r, s] = stringsOf(value) ?? [];
  if (curve === undefined || key.asymmetricKeyType !== 'ec' || r === undefined || s === undefined) return false;
  const signature = Buffer.concat([r, s].map((number) => padded(number, curve.bytes)));
  return verify(curve.hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

function publicKeyOf(blob: Buffer): KeyObject | undefined {
  const [type, first, second] = stringsOf(blob) ?? [];
  if (type === undefined || first === undefined) return undefined;
  const name = type.toString('latin1');
  try {
    if (name === 'ssh-ed25519') return fromJwk({ kty: 'OKP', crv: 'Ed25519', x: first.toString('base64url') });
    if (second === undefined) return undefined;
    if (name === 'ssh-rsa') return fromJwk({ kty: 'RSA', e: unsigned(first), n: unsigned(second) });
    const curve = curves[first.toString('latin1')];
    if (curve === undefined || name !== `ecdsa-sha2-${first.toString('latin1')}` || second[0] !== 4) return undefined;
    const [x, y] = [second.subarray(1, 1 + curve.bytes), second.subarray(1 + curve.bytes)];
    return fromJwk({ kty: 'EC', crv: curve.crv, x: x.toString('base64url'), y: y.toString('base64url') });
  } catch {
    return undefined;
  }
}

function fromJwk(key: { readonly [name: string]: string }): KeyObject {
  return createPublicKey({ key, format: 'jwk' });
}

/** The strings of which all of it consists, each with its length before it (RFC 4251 section 5). */
function stringsOf(bytes: Buffer): Buffer[] | undefined {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return undefined;
    found.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return found;
}

function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function stripped(number: Buffer): Buffer {
  const from = number.findIndex((byte) => byte !== 0);
  return from === -1 ? Buffer.alloc(0) : number.subarray(from);
}

function unsigned(number: Buffer): string {
  return stripped(number).toString('base64url');
}

function padded(number: Buffer, length: number): Buffer {
  const bare = stripped(number);
  return Buffer.concat([Buffer.alloc(Math.max(0, length - bare.length)), bare]);
}
