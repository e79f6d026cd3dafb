/** Reads the body of a request, up to a limit and without breaking the connection on which the refusal is to be sent. */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';

/** Most bytes that are read only to be thrown away. */
const mostDiscarded = 8 * 1024 * 1024;

/**
 * For the answer to a body that is too large: what is still on its way is read and thrown away, so that the sender comes to
 * read the answer. A connection that is closed on unread bytes is reset, and the answer is lost with it.
 */
export function discardRest(ctx: Context): void {
  if ((ctx.request.length ?? 0) > mostDiscarded) {
    ctx.set('Connection', 'close');
    return;
  }
  let left = mostDiscarded;
  ctx.req.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) ctx.req.socket.destroy();
  });
  ctx.req.resume();
}

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
