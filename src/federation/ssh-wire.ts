/** The encoding of SSH's keys and signatures (RFC 4251 section 5). */

/** The strings of which all of it consists, each with its length before it. */
export function stringsOf(bytes: Buffer): Buffer[] | undefined {
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

export function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A positive number without the zeros before it. */
export function unsigned(number: Buffer): Buffer {
  const from = number.findIndex((byte) => byte !== 0);
  return from === -1 ? Buffer.alloc(0) : number.subarray(from);
}

/** Whether a positive number is written in the one way that is right: a zero before it only where its first bit is set. */
export function isPlainNumber(number: Buffer): boolean {
  const [first = 0, second = 0] = number;
  return number.length > 0 && first < 0x80 && (first !== 0 || second >= 0x80);
}

/** The number in so many bytes. */
export function padded(number: Buffer, length: number): Buffer {
  const bare = unsigned(number);
  return Buffer.concat([Buffer.alloc(Math.max(0, length - bare.length)), bare]);
}
