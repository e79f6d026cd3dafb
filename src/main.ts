/** The server process, as `npm start` runs it. */
import { runServer } from './main/run-server.ts';

process.exit(
  await runServer({
    env: process.env,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
  }),
);
