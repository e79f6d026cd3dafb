/** A service that is told of logouts: keeps what it gets, and answers as it is told to. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LogoutReceiver {
  readonly url: string;
  /** Logout tokens in the order of their arrival. */
  readonly tokens: readonly string[];
  /** The next token that arrives. */
  next(): Promise<string>;
  answerWith(status: number | 'never'): void;
  close(): Promise<void>;
}

export async function startLogoutReceiver(): Promise<LogoutReceiver> {
  const tokens: string[] = [];
  const waiting: ((token: string) => void)[] = [];
  let answer: number | 'never' = 200;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const token = new URLSearchParams(Buffer.concat(chunks).toString()).get('logout_token') ?? '';
    tokens.push(token);
    if (answer !== 'never') response.writeHead(answer).end();
    waiting.shift()?.(token);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/logout`,
    tokens,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    answerWith: (status) => {
      answer = status;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
