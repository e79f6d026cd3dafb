/**
 * Who uses the embedded PostgreSQL: session advisory locks in its database, so that they vanish with the process that held
 * them. Every user shares one lock, the server alone holds a second; whoever gets the first for itself is the last to leave.
 */
import type pg from 'pg';

/** Two 32-bit keys name an advisory lock; the first is `slui`. */
const lockSpace = 0x736c7569;
const useLock = 1;
const serverLock = 2;

/** `busy`: the last user is stopping PostgreSQL. `served`: another server holds the lock; its process id. */
export type JoinOutcome = 'joined' | 'busy' | { readonly servedByPid: number | null };

async function ask(client: pg.Client, expression: string, key: number): Promise<boolean> {
  const { rows } = await client.query<{ done: boolean }>(`SELECT ${expression}($1::int, $2::int) AS done`, [
    lockSpace,
    key,
  ]);
  return rows[0]?.done === true;
}

/** Takes the locks of a server or of a command on this connection. */
export async function join(client: pg.Client, role: 'server' | 'command'): Promise<JoinOutcome> {
  if (!(await ask(client, 'pg_try_advisory_lock_shared', useLock))) {
    return 'busy';
  }
  if (role === 'command' || (await ask(client, 'pg_try_advisory_lock', serverLock))) {
    return 'joined';
  }
  return { servedByPid: await findServerPid(client) };
}

/** The server's process id stands in the name of its connection. */
export const lockConnectionName = (role: 'server' | 'command') => `sluice ${role} ${process.pid}`;

async function findServerPid(client: pg.Client): Promise<number | null> {
  const { rows } = await client.query<{ application_name: string }>(
    `SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.classid = $1::int AND l.objid = $2::int AND l.granted`,
    [lockSpace, serverLock],
  );
  const pid = Number(rows[0]?.application_name.split(' ').at(-1));
  return Number.isInteger(pid) && pid > 0 ? pid : null;
}

/** Gives up all locks; true when nobody else uses the database and nobody can join any more. */
export async function leave(client: pg.Client): Promise<boolean> {
  await client.query('SELECT pg_advisory_unlock_all()');
  return ask(client, 'pg_try_advisory_lock', useLock);
}
