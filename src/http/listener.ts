/** Listening and stopping: `localhost` means both loopback addresses, and a stop waits for no idle connection. */
import type { Server } from 'node:http';

/** How long requests in progress have once the server stops, in milliseconds. */
const graceMilliseconds = 5000;

export interface Listener {
  /** Resolves to the port, which the system chooses for 0. */
  listen(host: string, port: number): Promise<number>;
  close(): Promise<void>;
}

/** A server per address, all with the same handler. */
export function createListener(createServer: () => Server): Listener {
  const servers: Server[] = [];
  return {
    listen: async (host, port) => {
      const hosts = host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
      let chosen = port;
      for (const address of hosts) {
        const server = createServer();
        const listening = await listenOn(server, address, chosen, servers.length > 0);
        if (listening === null) continue;
        servers.push(server);
        chosen = listening;
      }
      return chosen;
    },
    close: async () => {
      await Promise.all(servers.splice(0).map(closeServer));
    },
  };
}

/** Null when the machine has no such address and another one is listened on already. */
function listenOn(server: Server, host: string, port: number, isFurther: boolean): Promise<number | null> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const absent = error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT';
      if (isFurther && absent) resolve(null);
      else reject(error);
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
