/** A koa context without a socket, for middleware that looks at a request and writes an answer. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import Koa, { type Context } from 'koa';

export interface FakeRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as an urlencoded form unless the headers say otherwise. */
  readonly body?: string | Buffer;
}

export function fakeContext({ method = 'GET', path = '/', headers = {}, body }: FakeRequest = {}): Context {
  const req = new IncomingMessage(new Socket());
  req.method = method;
  req.url = path;
  const form = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  req.headers = {
    host: 'issuer.example',
    ...form,
    ...(body !== undefined && { 'transfer-encoding': 'chunked' }),
    ...headers,
  };
  if (body !== undefined) req.push(body);
  req.push(null);
  return new Koa().createContext(req, new ServerResponse(req)) as Context;
}
