/** Signatures by which people prove the private keys of their SSH keys (OpenSSH PROTOCOL.sshsig, PROTOCOL.u2f). */
import { createHash, type KeyObject, verify } from 'node:crypto';
import { type SshPublicKey, sshCurves, sshPublicKeyIn } from './ssh-key.ts';
import { padded, stringsOf, withLength } from './ssh-wire.ts';

/** For `ssh-keygen -Y sign -n`: a signature for anything else proves nothing here. */
export const sshNamespace = 'sluice';

/** Whether the private key of `key` (type and base64) has signed the message. */
export function isSignedBySshKey(key: string, message: string, armored: string): boolean {
  const blob = Buffer.from(key.split(' ')[1] ?? '', 'base64');
  const body = /^-----BEGIN SSH SIGNATURE-----\s([A-Za-z0-9+/=\s]+)-----END SSH SIGNATURE-----$/.exec(armored.trim());
  const raw = Buffer.from(body?.[1] ?? '', 'base64');
  if (raw.subarray(0, 6).toString('latin1') !== 'SSHSIG' || raw.length < 10 || raw.readUInt32BE(6) !== 1) return false;
  const [signer, namespace, reserved, hash, signature] = stringsOf(raw.subarray(10)) ?? [];
  if (!signer?.equals(blob) || namespace?.toString() !== sshNamespace || reserved === undefined) return false;
  const algorithm = hash?.toString() ?? '';
  const publicKey = sshPublicKeyIn(blob);
  if (!['sha256', 'sha512'].includes(algorithm) || publicKey === undefined || signature === undefined) return false;
  const digest = createHash(algorithm).update(message).digest();
  const parts = [namespace, reserved, Buffer.from(algorithm), digest].map(withLength);
  const signed = Buffer.concat([Buffer.from('SSHSIG'), ...parts]);
  return publicKey.application === null
    ? isSignature(publicKey, signed, signature)
    : isTouched(publicKey, publicKey.application, signed, signature);
}

function isSignature({ key }: SshPublicKey, signed: Buffer, signature: Buffer): boolean {
  const [type, value] = stringsOf(signature) ?? [];
  return type !== undefined && value !== undefined && verifyAs(type.toString('latin1'), key, signed, value);
}

const flagsAndCounter = 5;
/** The flag that somebody touched the key. */
const userPresent = 0x01;

/** Of a security key: over the hashes of what it signs for and of what it signs, with its flags and its counter between them. */
function isTouched({ type, key }: SshPublicKey, application: Buffer, signed: Buffer, signature: Buffer): boolean {
  if (signature.length <= flagsAndCounter) return false;
  const [said, value] = stringsOf(signature.subarray(0, -flagsAndCounter)) ?? [];
  const tail = signature.subarray(-flagsAndCounter);
  if (said?.toString('latin1') !== type || value === undefined || ((tail[0] ?? 0) & userPresent) === 0) return false;
  const data = Buffer.concat([sha256(application), tail, sha256(signed)]);
  return verifyAs(type.replace(/^sk-(.*)@openssh\.com$/, '$1'), key, data, value);
}

/** SHA-1 (`ssh-rsa` as the type of a signature) is no proof any more. */
function verifyAs(type: string, key: KeyObject, data: Buffer, value: Buffer): boolean {
  if (type === 'ssh-ed25519') return key.asymmetricKeyType === 'ed25519' && verify(null, data, key, value);
  if (type === 'rsa-sha2-256' || type === 'rsa-sha2-512') {
    return key.asymmetricKeyType === 'rsa' && verify(type.replace('rsa-sha2-', 'sha'), data, key, value);
  }
  const curve = sshCurves[type.replace('ecdsa-sha2-', '')];
  const [r, s] = stringsOf(value) ?? [];
  if (curve === undefined || key.asymmetricKeyType !== 'ec' || r === undefined || s === undefined) return false;
  const signature = Buffer.concat([r, s].map((number) => padded(number, curve.bytes)));
  return verify(curve.hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
