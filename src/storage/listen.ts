/** LISTEN on a dedicated PostgreSQL connection that is made again when it breaks. */
import pg from 'pg';

/** A running LISTEN. */
export interface Listener {
  close(): Promise<void>;
}

export interface ListenHandlers {
  readonly onNotify: () => void;
  readonly onFault: (error: Error) => void;
}

const firstRetryMs = 100;
const longestRetryMs = 5_000;

/**
 * Resolves once the channel is listened to. After a broken connection it listens again (with growing pauses) and calls
 * `onNotify`, because notifications may have been missed.
 */
export async function startListening(url: string, channel: string, handlers: ListenHandlers): Promise<Listener> {
  let closed = false;
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;

  const connect = async () => {
    const next = new pg.Client({
      connectionString: url,
      application_name: 'sluice listen',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
    next.on('notification', () => handlers.onNotify());
    next.on('error', handlers.onFault);
    await next.connect();
    await next.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    next.once('end', () => reconnectLater(firstRetryMs));
    client = next;
  };

  const reconnectLater = (pauseMs: number) => {
    if (closed) {
      return;
    }
    retry = setTimeout(() => {
      connect().then(
        () => (closed ? client?.end() : handlers.onNotify()),
        () => reconnectLater(Math.min(pauseMs * 2, longestRetryMs)),
      );
    }, pauseMs);
  };

  await connect();
  return {
    async close() {
      closed = true;
      clearTimeout(retry);
      await client?.end().catch(() => {});
    },
  };
}
