/** Public SSH keys, on whatever way they come here: pages, the API, SCIM, lake files and dumps (RFC 4253 section 6.6, OpenSSH PROTOCOL.u2f). */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { ok } from '../shared/result.ts';
import type { NewSshKey } from './identities.ts';
import { isPlainNumber, stringsOf, unsigned } from './ssh-wire.ts';

/** The key behind an SSH key, and what a security key signs for, such as `ssh:`; null: it is no security key. */
export interface SshPublicKey {
  readonly type: string;
  readonly key: KeyObject;
  readonly application: Buffer | null;
}

/** RFC 5656 section 6.2.1: curve, bytes of a number, and the hash of signatures. */
export const sshCurves: Readonly<
  Record<string, { readonly crv: string; readonly bytes: number; readonly hash: string }>
> = {
  nistp256: { crv: 'P-256', bytes: 32, hash: 'sha256' },
  nistp384: { crv: 'P-384', bytes: 48, hash: 'sha384' },
  nistp521: { crv: 'P-521', bytes: 66, hash: 'sha512' },
};
const leastRsaBits = 2048;
const mostRsaBits = 16_384;
const longestName = 200;

/**
 * A line such as `ssh-ed25519 AAAA… name`, or the base64 alone, as INDIGO IAM keeps keys; the comment becomes the name.
 * Ed25519, ECDSA, RSA of 2048 bits or more, and both kinds of security keys; the refusal says what was expected.
 */
export function readSshKey(text: string): PeopleAnswer<NewSshKey> {
  const words = text.trim().split(/[ \t]+/);
  const [said, encoded = '', ...comment] = words.length === 1 ? [undefined, ...words] : words;
  const blob = Buffer.from(encoded, 'base64');
  const isWhole = encoded !== '' && blob.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  if (isWhole && stringsOf(blob)?.[0]?.toString('latin1') === 'ssh-dss') {
    return refused('invalid', 'a DSA key is not accepted, expected Ed25519, ECDSA or RSA', 'key');
  }
  const read = isWhole ? sshPublicKeyIn(blob) : undefined;
  const name = comment.join(' ').slice(0, longestName) || null;
  const isClean = name === null || (name.isWellFormed() && !/\p{Cc}/u.test(name));
  if (read === undefined || (said !== undefined && said !== read.type) || !isClean) {
    return refused('invalid', 'expected one public SSH key such as `ssh-ed25519 AAAA… name`', 'key');
  }
  const bits = read.key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && (bits < leastRsaBits || bits > mostRsaBits)) {
    return refused('invalid', `expected an RSA key of ${leastRsaBits} to ${mostRsaBits} bits, found ${bits}`, 'key');
  }
  const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
  return ok({ fingerprint, name, key: `${read.type} ${blob.toString('base64')}` });
}

/** Undefined for a kind that is not accepted, and for one that is not written in the one way in which it has one fingerprint. */
export function sshPublicKeyIn(blob: Buffer): SshPublicKey | undefined {
  const [type, ...parts] = stringsOf(blob) ?? [];
  if (type === undefined) return undefined;
  const name = type.toString('latin1');
  const isSecurityKey = name.startsWith('sk-');
  const application = isSecurityKey ? parts.pop() : null;
  try {
    const key = keyOf(isSecurityKey ? name.replace(/^sk-(.*)@openssh\.com$/, '$1') : name, parts);
    return key === undefined || application === undefined ? undefined : { type: name, key, application };
  } catch {
    return undefined;
  }
}

function keyOf(kind: string, parts: readonly Buffer[]): KeyObject | undefined {
  const [first, second] = parts;
  if (kind === 'ssh-ed25519' && first !== undefined && parts.length === 1) {
    return fromJwk({ kty: 'OKP', crv: 'Ed25519', x: first.toString('base64url') });
  }
  if (first === undefined || second === undefined || parts.length !== 2) return undefined;
  if (kind === 'ssh-rsa') {
    const [e, n] = [first, second].map((number) => unsigned(number).toString('base64url'));
    return isPlainNumber(first) && isPlainNumber(second) ? fromJwk({ kty: 'RSA', e: e ?? '', n: n ?? '' }) : undefined;
  }
  const curve = sshCurves[first.toString('latin1')];
  if (kind !== `ecdsa-sha2-${first.toString('latin1')}` || second[0] !== 4) return undefined;
  if (curve === undefined || second.length !== 1 + 2 * curve.bytes) return undefined;
  const [x, y] = [second.subarray(1, 1 + curve.bytes), second.subarray(1 + curve.bytes)];
  return fromJwk({ kty: 'EC', crv: curve.crv, x: x.toString('base64url'), y: y.toString('base64url') });
}

function fromJwk(key: { readonly [name: string]: string }): KeyObject {
  return createPublicKey({ key, format: 'jwk' });
}
