/** A webhook's receiver: a real HTTP server on this machine that keeps what it gets and answers as a test says. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body, parsed. */
  readonly message: {
    readonly id: string;
    readonly type: string;
    readonly timestamp: string;
    readonly sequence: number;
    readonly data: Record<string, unknown>;
  };
}

export interface Receiver {
  readonly url: string;
  /** Everything that came, in order. */
  readonly received: readonly Received[];
  /** `embargo.created cta 1`: type, rule and version of everything that came. */
  names(): readonly string[];
  /** Resolves when so many messages have come. */
  count(least: number): Promise<void>;
  /** How it answers from now on; at first with 204. */
  answer(respond: (response: ServerResponse, message: Received) => void): void;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let respond = (response: ServerResponse, _message: Received): void => {
    response.writeHead(204).end();
  };
  let noticed = (): void => {};
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const message = { headers: request.headers, body, message: JSON.parse(body) };
    received.push(message);
    respond(response, message);
    noticed();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    names: () => received.map(({ message: { type, data } }) => `${type} ${data.id} ${data.version}`),
    count: async (least) => {
      while (received.length < least) {
        await new Promise<void>((resolve) => {
          noticed = resolve;
        });
      }
    },
    answer: (next) => {
      respond = next;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
