/** A real JupyterHub with its proxy, configured as `sluice config jupyterhub` prints. */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { secretOf } from '../../support/http.ts';
import { type Installed, installOnce } from '../../support/installed-once.ts';
import type { PythonEnvironment } from '../../support/python-environment.ts';
import { freePort } from '../../support/server-process.ts';
import type { PartyStage } from '../party-stage.ts';

export const proxyVersion = '5.3.0';

/** The proxy in front of the hub, from npm. */
export const installProxy = (): Promise<Installed> =>
  installOnce(
    'configurable-http-proxy',
    '',
    `npm install --silent --no-audit --no-fund --prefix . configurable-http-proxy@${proxyVersion}`,
  );

export interface JupyterHub {
  readonly url: string;
  /** What the hub's own API says of a user, with the state of the login. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape of the answer is what a test asserts
  user(name: string): Promise<any>;
  /** The state of the login as it lies in the hub's database. */
  stateAtRest(name: string): Buffer;
  /** The hub ends its proxy, which nobody else would. */
  stop(): Promise<unknown>;
}

export interface JupyterHubOptions {
  readonly stage: PartyStage;
  readonly python: PythonEnvironment;
  readonly proxy: Installed;
  readonly port: number;
}

export async function startJupyterHub({ stage, python, proxy, port }: JupyterHubOptions): Promise<JupyterHub> {
  const home = join(stage.place.directory, 'jupyterhub');
  const token = randomBytes(16).toString('hex');
  const printed = await stage.configuration(['jupyterhub', '--client', 'jupyter', '--part', 'jupyterhub_config.py']);
  await mkdir(home);
  const proxyProgram = join(
    proxy.directory,
    'node_modules',
    'configurable-http-proxy',
    'bin',
    'configurable-http-proxy',
  );
  const around = await aroundHub({ port, token, command: [process.execPath, proxyProgram] });
  const config = join(home, 'jupyterhub_config.py');
  await writeFile(config, `${printed}\n${around}`);
  const variables = {
    ...stage.trust,
    HOME: home,
    PATH: `${python.bin('')}:${process.env.PATH}`,
    PYTHONUNBUFFERED: '1',
    OAUTH_CLIENT_SECRET: secretOf('jupyter'),
    JUPYTERHUB_CRYPT_KEY: randomBytes(32).toString('hex'),
    CONFIGPROXY_AUTH_TOKEN: randomBytes(16).toString('hex'),
  };
  // The hub writes its files where it is started.
  const command = ['sh', '-c', 'cd "$0" && exec "$@" 2>&1', home, python.bin('jupyterhub'), '--config', config];
  const server = stage.place.start(variables, command);
  await server.waitFor(/JupyterHub is now running/);
  const url = `http://localhost:${port}`;
  return {
    url,
    stop: server.stop,
    async user(name) {
      const answer = await fetch(`${url}/hub/api/users/${name}`, { headers: { authorization: `token ${token}` } });
      return answer.json();
    },
    stateAtRest(name) {
      const db = new DatabaseSync(join(home, 'jupyterhub.sqlite'), { readOnly: true });
      const row = db.prepare('SELECT encrypted_auth_state AS state FROM users WHERE name = ?').get(name);
      db.close();
      return Buffer.from(row?.state as Uint8Array);
    },
  };
}

/** What has nothing to do with the issuer: ports, the proxy, and a token for the hub's own API. */
async function aroundHub(options: { port: number; token: string; command: readonly string[] }): Promise<string> {
  const [hub, proxyApi] = [await freePort(), await freePort()];
  return `c.JupyterHub.bind_url = "http://127.0.0.1:${options.port}"
c.JupyterHub.hub_port = ${hub}
c.ConfigurableHTTPProxy.command = ${JSON.stringify(options.command)}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:${proxyApi}"
c.JupyterHub.spawner_class = "simple"
c.Spawner.cmd = ["false"]
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0}
c.JupyterHub.services = [{"name": "test", "api_token": "${options.token}"}]
c.JupyterHub.load_roles = [{"name": "test", "scopes": ["admin:users", "admin:auth_state"], "services": ["test"]}]
`;
}
