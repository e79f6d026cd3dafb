/** Reads the body of a request, up to a limit and without breaking the connection on which the refusal is to be sent. */
import type { IncomingMessage } from 'node:http';

/** Undefined when it is longer than `maxBytes`; the rest is not read. Rejects with status 400 when the sender goes away. */
export async function readBody(req: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  return (await readBytes(req, maxBytes))?.toString('utf8');
}

/** The same, as it was sent. */
export function readBytes(req: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        req.pause();
        resolve(undefined);
      } else chunks.push(chunk);
    });
    req.once('end', () => resolve(Buffer.concat(chunks)));
    // In the middle of a request: nobody is left to answer.
    req.once('error', () => reject(Object.assign(new Error('request was aborted'), { status: 400 })));
  });
}
