/** `sluice config`: checks and shows the settings, secrets masked, and prints what other services need for this lake. */
import { renderConfig, renderSettingsReference } from '../config/reference.ts';
import { AppError } from '../shared/errors.ts';
import type { Command } from './command.ts';
import { runServiceConfig, serviceNames } from './config-service.ts';
import { requireConfig } from './load-config.ts';

const ownActions = ['check', 'print', 'reference'];

export const configCommand: Command = {
  name: 'config',
  summary: 'Check or show the settings, or print what another service needs',
  usage: `Usage: sluice config check       exit 0 when all settings are accepted, else list every fault and exit 1
       sluice config print       show every setting and its value; secrets are masked
       sluice config reference   print the table of settings (Markdown)

       sluice config xrootd|dcache|storm|eos --storage NAME [OPTIONS]
       sluice config rucio|fts|jupyterhub|oidc-agent --client ID [OPTIONS]
       sluice config apache|htcondor --storage NAME | --client ID [OPTIONS]
                                 print the configuration that the service needs for this lake

All files are printed, each below its name; first in each what the rules of the lake rest on, and why. Secrets
are never printed. What of the lake does not fit the service is a warning on the standard error. Without --lake
the database is asked.

  --storage NAME    the storage or service that the configuration is for, as named in the lake file
  --client ID       the client that the service is
  --part FILE       print the content of one file only
  --lake FILE       storages and clients of this file (YAML or JSON)
  --issuer URL      the issuer in tokens; default: the configured one
  --base-path PATH  where the storage keeps what a scope calls /; default: /
  --map-groups      map groups to local names as well
`,
  async run(args, io) {
    const [action, ...rest] = args;
    if (action === undefined) {
      throw new AppError(
        'usage',
        `expected one of ${[...ownActions, ...serviceNames].map((one) => `\`${one}\``).join(', ')}`,
      );
    }
    if (!ownActions.includes(action)) return runServiceConfig(action, rest, io);
    if (rest.length > 0) throw new AppError('usage', `\`${action}\` takes no arguments`);
    if (action === 'reference') {
      io.stdout(renderSettingsReference());
      return 0;
    }
    const config = requireConfig(io.env);
    io.stdout(action === 'print' ? renderConfig(config) : 'the configuration is valid\n');
    return 0;
  },
};
