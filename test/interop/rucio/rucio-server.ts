/** A real Rucio server, its client and its daemons' function, configured as `sluice config rucio` prints. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { secretOf } from '../../support/http.ts';
import type { PythonEnvironment } from '../../support/python-environment.ts';
import type { Ended, ServerProcess, Variables } from '../../support/server-process.ts';
import { script } from '../party-script.ts';
import type { PartyStage } from '../party-stage.ts';

export interface RucioServer {
  readonly url: string;
  /** The command line client of one user, as a process. */
  client(...args: readonly string[]): ServerProcess;
  /** The daemons' `request_token`. */
  requestToken(audience: string, scope: string): Promise<string>;
  /** The tokens that the server keeps of its users, oldest first. */
  storedTokens(): readonly string[];
  /** Makes the stored tokens seem older: Rucio refreshes none that is younger than five minutes. */
  age(minutes: number): unknown;
}

export interface RucioOptions {
  readonly stage: PartyStage;
  readonly python: PythonEnvironment;
  readonly port: number;
  readonly account: string;
  /** Of the account, at the issuer. */
  readonly subject: string;
}

export async function startRucio(options: RucioOptions): Promise<RucioServer> {
  const { stage, python, port, account, subject } = options;
  const { place, certificates } = stage;
  const url = `https://localhost:${port}`;
  const server = join(place.directory, 'rucio');
  const client = join(place.directory, 'rucio-client');
  const database = join(server, 'rucio.db');
  await mkdir(join(server, 'trace'), { recursive: true });
  const secrets = join(server, 'etc', 'idpsecrets.json');
  const printed = (part: string, here: Record<string, string>) =>
    stage.configuration(['rucio', '--client', 'rucio', '--part', part], here);
  await write(secrets, await printed('idpsecrets.json', { 'PUT-THE-CLIENT-SECRET-HERE': secretOf('rucio') }));
  const ofServer = await printed('rucio.cfg', { '/opt/rucio/etc/idpsecrets.json': secrets });
  await write(join(server, 'etc', 'rucio.cfg'), `${ofServer}\n${aroundServer(server, database)}`);
  // The printed lines end inside the section that these go on with.
  const ofClient = await printed('rucio-client.cfg', {});
  await write(join(client, 'etc', 'rucio.cfg'), `${ofClient}\n${moreOfClient(url, account, certificates.ca)}`);
  const variables = (home: string): Variables => ({
    ...stage.trust,
    RUCIO_HOME: home,
    HOME: home,
    PYTHONUNBUFFERED: '1',
    PATH: `${python.bin('')}:${process.env.PATH}`,
  });
  const inDatabase = <T>(use: (db: DatabaseSync) => T): T => {
    const db = new DatabaseSync(database);
    try {
      return use(db);
    } finally {
      db.close();
    }
  };
  const identity = `SUB=${subject}, ISS=${stage.issuer.url}`;
  const served = [String(port), certificates.cert, certificates.key, account, identity];
  await place
    .start(variables(server), [python.bin('python'), script('rucio/server.py'), ...served])
    .waitFor(/rucio listens/);
  return {
    url,
    client: (...args) => place.start(variables(client), [python.bin('rucio'), ...args]),
    async requestToken(audience, scope) {
      const asked = place.start(variables(server), [
        python.bin('python'),
        script('rucio/request_token.py'),
        audience,
        scope,
      ]);
      return outputOf(await asked.ended);
    },
    storedTokens: () =>
      inDatabase((db) => db.prepare('SELECT token FROM tokens ORDER BY created_at').all()).map(({ token }) =>
        String(token),
      ),
    age: (minutes) =>
      inDatabase((db) =>
        db.prepare("UPDATE tokens SET updated_at = datetime(updated_at, '-' || ? || ' minutes')").run(minutes),
      ),
  };
}

function outputOf({ status, stdout, stderr }: Ended): string {
  if (status !== 0) {
    throw new Error(`the program ended with ${status}: ${stderr.slice(-2000)}`);
  }
  return stdout.trim();
}

/** What has nothing to do with the issuer. */
const aroundServer = (home: string, database: string) => `[common]
logdir = ${home}
loglevel = DEBUG
[database]
default = sqlite:///${database}
[policy]
permission = generic
schema = generic
[cache]
url = localhost:1
[trace]
tracedir = ${join(home, 'trace')}
brokers = localhost
port = 1
topic = trace
username = nobody
password = none
`;

const moreOfClient = (url: string, account: string, ca: string) => `rucio_host = ${url}
auth_host = ${url}
account = ${account}
ca_cert = ${ca}
`;

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
