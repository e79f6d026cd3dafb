/** Passwords of accounts: argon2id with the parameters of the OWASP Password Storage Cheat Sheet; bcrypt of imported accounts until their next login. */
import argon2 from 'argon2';
import bcrypt from 'bcryptjs';

/** Memory in KiB, passes, lanes. */
const cost = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Of a random value that nobody knows; made with the same cost, so that checking against it takes as long. */
const unknownAccountHash =
  '$argon2id$v=19$m=19456,p=1,t=2$iLJbozBnrxFpg1YyohB+Yw$NXlCjYyr1dBM8/MziNcHsTfDjwcCZ3Xp8GhRX8a7zc8';

/** The most memory (KiB) and passes that a hash from outside may ask for: a login must not become an attack. */
const most = { m: 1_048_576, t: 16, p: 16 };

/** bcrypt with the same in mind: cost 14 is most of a second. */
const bcryptPattern = /^\$2[aby]\$(0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}$/;

/** bcrypt looks at so many bytes of a password, and at nothing after them. */
const bcryptBytes = 72;

/** Whether a hash from outside is one that can be checked here: an argon2id PHC string, version 19, or bcrypt, at a bearable cost. */
export function isPasswordHash(text: string): boolean {
  if (bcryptPattern.test(text)) return true;
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

/** The hash to store; of the password in Unicode NFC, so that every keyboard makes the same of it. */
export function hashPassword(password: string): Promise<string> {
  return argon2.hash(password.normalize('NFC'), cost);
}

/**
 * Whether the password is the one of the hash. Without a hash (unknown account, or one without a password) the same time is spent and
 * the answer is no. `bcryptCost`: that of the bcrypt hashes among the accounts; while there are any, every check does the work of both
 * kinds, so that none is told from another by its time. Null: there is none.
 */
export async function verifyPassword(
  hash: string | null,
  password: string,
  bcryptCost: number | null = null,
): Promise<boolean> {
  if (await matches(hash, password.normalize('NFC'), bcryptCost)) return true;
  // A hash from elsewhere may be of the password as it was typed.
  return hash !== null && password.normalize('NFC') !== password && (await matches(hash, password, null));
}

async function matches(hash: string | null, password: string, bcryptCost: number | null): Promise<boolean> {
  const isBcrypt = hash !== null && bcryptPattern.test(hash);
  const byArgon = await argon2.verify(hash === null || isBcrypt ? unknownAccountHash : hash, password);
  const other = isBcrypt ? hash : bcryptCost === null ? null : standIn(bcryptCost);
  const byBcrypt = other !== null && (await bcrypt.compare(password, other));
  return isBcrypt ? byBcrypt : byArgon && hash !== null;
}

/** A bcrypt hash of nothing known. */
function standIn(rounds: number): string {
  return `$2b$${String(rounds).padStart(2, '0')}$iLJbozBnrxFpg1YyohBYwuNXlCjYyr1dBM8MziNcHsTfDjwcCZ3X.`;
}

/** Whether a hash was made in another way than today's, so that the next login should replace it. */
export function needsRehash(hash: string): boolean {
  return bcryptPattern.test(hash) || argon2.needsRehash(hash, cost);
}

/** Whether a hash says nothing about the end of a password, which therefore cannot be hashed anew by it: bcrypt stops at 72 bytes. */
export function ignoresEnd(hash: string, password: string): boolean {
  return bcryptPattern.test(hash) && Buffer.byteLength(password.normalize('NFC')) > bcryptBytes;
}
