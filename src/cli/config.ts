/** `sluice config`: checks and shows the settings, secrets masked. */
import { renderConfig, renderSettingsReference } from '../config/reference.ts';
import { AppError } from '../shared/errors.ts';
import type { Command } from './command.ts';
import { requireConfig } from './load-config.ts';

export const configCommand: Command = {
  name: 'config',
  summary: 'Check or show the settings',
  usage: `Usage: sluice config check       exit 0 when all settings are accepted, else list every fault and exit 1
       sluice config print       show every setting and its value; secrets are masked
       sluice config reference   print the table of settings (Markdown)
`,
  async run(args, io) {
    const [action, ...rest] = args;
    if (rest.length > 0 || action === undefined || !['check', 'print', 'reference'].includes(action)) {
      throw new AppError('usage', 'expected one of `check`, `print`, `reference`');
    }
    if (action === 'reference') {
      io.stdout(renderSettingsReference());
      return 0;
    }
    const config = requireConfig(io.env);
    io.stdout(action === 'print' ? renderConfig(config) : 'the configuration is valid\n');
    return 0;
  },
};
