/** `sluice serve`: the server, as `npm start` runs it. */
import { parseArgs } from 'node:util';
import type { Command } from './command.ts';

/** No arguments: everything comes from the settings. */
export const serveCommand: Command = {
  name: 'serve',
  summary: 'Run the server',
  usage:
    'Usage: sluice serve\n\nEverything comes from the settings, see docs/reference/settings.md. SIGTERM and Ctrl-C stop it.\n',
  async run(args, io) {
    parseArgs({ args: [...args], options: {} });
    const { runServer } = await import('../main/run-server.ts');
    return runServer(io);
  },
};
