/** `sluice login`: a token for the person at the terminal by the device flow (RFC 8628), from any issuer. */
import { randomUUID } from 'node:crypto';
import { access, constants, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import qrcode from 'qrcode-terminal';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Command, CommandIo } from './command.ts';
import {
  type DeviceAuthorization,
  type DeviceFlowDeps,
  type DeviceFlowRequest,
  startDeviceFlow,
} from './device-flow.ts';
import { findIssuer } from './issuer-option.ts';

const usage = `Usage: sluice login [--issuer URL] [--client ID] [--scope "…"]… [--audience A]… [--out FILE]

Shows an address and a code to confirm in a browser, waits, and writes the access token to the output.

  --issuer URL      the issuer to ask; default: the configured one
  --client ID       a public client that may use the device flow; default: cli
  --scope "…"       what to ask for; default: openid
  --audience A      the service that the token is for, repeatable
  --out FILE        write the token to a file (mode 0600, replaced at once), for BEARER_TOKEN_FILE
`;

/** Builds the command. */
export function createLoginCommand(deps: DeviceFlowDeps): Command {
  return {
    name: 'login',
    summary: 'Get a token by logging in through a browser',
    usage,
    run: async (args, io) => {
      const { request, out } = readArguments(args, io.env);
      if (out !== undefined) await checkWritable(out);
      const authorization = await startDeviceFlow(request, deps);
      io.stderr(await instructions(authorization));
      const issued = await authorization.poll();
      if (!issued.ok) {
        io.stderr(`sluice login: ${issued.error}\n`);
        return 1;
      }
      const { accessToken, scope } = issued.value;
      io.stderr(`granted: ${scope}\n`);
      if (out === undefined) io.stdout(`${accessToken}\n`);
      else await replaceFile(out, `${accessToken}\n`);
      return 0;
    },
  };
}

/** The command of this process. */
export const loginCommand: Command = createLoginCommand({
  fetch: globalThis.fetch,
  clock: systemClock,
  wait: async (milliseconds) => setTimeout(milliseconds),
});

interface LoginArguments {
  readonly request: DeviceFlowRequest;
  readonly out: string | undefined;
}

function readArguments(args: readonly string[], env: CommandIo['env']): LoginArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      issuer: { type: 'string' },
      client: { type: 'string', default: 'cli' },
      scope: { type: 'string', multiple: true, default: ['openid'] },
      audience: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
    },
  });
  const request = {
    issuer: findIssuer(values.issuer, env),
    clientId: values.client,
    scope: values.scope.join(' '),
    audience: values.audience.join(' '),
  };
  return { request, out: values.out };
}

async function instructions(authorization: DeviceAuthorization): Promise<string> {
  const { verificationUri, verificationUriComplete, userCode } = authorization;
  const code = await new Promise<string>((resolve) => {
    qrcode.generate(verificationUriComplete, { small: true }, resolve);
  });
  return `Open  ${verificationUri}\nCode  ${userCode}\nor scan\n${code}\n`;
}

/** Found out before the person logs in. */
async function checkWritable(path: string): Promise<void> {
  await access(dirname(path), constants.W_OK).catch((cause: unknown) => {
    throw new AppError('usage', `\`${path}\` cannot be written`, { cause });
  });
}

/** A reader sees the old token or the new one; nobody else sees either. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
}
