/** Passwords of accounts: argon2id with the parameters of the OWASP Password Storage Cheat Sheet. */
import argon2 from 'argon2';

/** Memory in KiB, passes, lanes. */
const cost = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Of a random value that nobody knows; made with the same cost, so that checking against it takes as long. */
const unknownAccountHash =
  '$argon2id$v=19$m=19456,p=1,t=2$iLJbozBnrxFpg1YyohB+Yw$NXlCjYyr1dBM8/MziNcHsTfDjwcCZ3Xp8GhRX8a7zc8';

/** The most memory (KiB) and passes that a hash from outside may ask for: a login must not become an attack. */
const most = { m: 1_048_576, t: 16, p: 16 };

/** Whether a hash from outside is one that can be checked here: an argon2id PHC string, version 19, at a bearable cost. */
export function isPasswordHash(text: string): boolean {
  const [, parameters = ''] =
    /^\$argon2id\$v=19\$([mtp]=\d{1,7},[mtp]=\d{1,7},[mtp]=\d{1,7})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/.exec(
      text,
    ) ?? [];
  const given = new Map(parameters.split(',').map((part) => [part.slice(0, 1), Number(part.slice(2))]));
  return Object.entries(most).every(([name, limit]) => inRange(given.get(name), limit));
}

function inRange(value: number | undefined, limit: number): boolean {
  return value !== undefined && value >= 1 && value <= limit;
}

/** The hash to store. */
export function hashPassword(password: string): Promise<string> {
  return argon2.hash(password, cost);
}

/** Whether the password is the one of the hash. Without a hash (unknown account, or one without a password) the same time is spent and the answer is no. */
export async function verifyPassword(hash: string | null, password: string): Promise<boolean> {
  const matches = await argon2.verify(hash ?? unknownAccountHash, password);
  return matches && hash !== null;
}

/** Whether a hash was made with other parameters than today's, so that the next login should replace it. */
export function needsRehash(hash: string): boolean {
  return argon2.needsRehash(hash, cost);
}
