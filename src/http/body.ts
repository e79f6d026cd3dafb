/** Reads the body of a request, up to a limit and without breaking the connection on which the refusal is to be sent. */
import type { IncomingMessage } from 'node:http';

/** Undefined when it is longer than `maxBytes`; the rest is not read. Rejects with status 400 when the sender goes away. */
export function readBody(req: IncomingMessage, maxBytes: number): Promise<string | undefined> {
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
    req.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    // In the middle of a request: nobody is left to answer.
    req.once('error', () => reject(Object.assign(new Error('request was aborted'), { status: 400 })));
  });
}
