/** `sluice verify`: offline validation of one token, and what it allows at a path (wlcg-tokens.md section 7). */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Clock, systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import {
  createValidator,
  isOperation,
  type JwkSet,
  type Operation,
  operations,
  type TokenClaims,
  type Validator,
} from '../validate/index.ts';
import { isJwkSet } from '../validate/public-key.ts';
import { findBearerToken } from './bearer-token.ts';
import type { Command, CommandIo } from './command.ts';
import { findIssuer } from './issuer-option.ts';
import { readRequestPath } from './request-path.ts';

const usage = `Usage: sluice verify [TOKEN] [--issuer URL] [--audience A]… [--operation OPERATION --path P] [--base-path P]
                     [--jwks FILE] [--format text|json]

Validates an access token and exits with 0 or 1. Without TOKEN it looks for one as bearer token discovery does.

  --issuer URL      the issuer to trust; default: the configured one
  --audience A      a name of the service, repeatable; without it any audience is accepted
  --operation       ${operations.join('|')}
  --path P          the path of the operation; for a rename: "FROM -> TO"
  --base-path P     where the issuer's area lies on the storage; default: /
  --jwks FILE       the issuer's keys; no network is used
  --format          text (default) or json
`;

export interface VerifyDeps {
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
  readonly userId: number;
  readonly temporaryDirectory: string;
}

interface Request {
  readonly token: string | undefined;
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly question: { readonly operation: Operation; readonly path: string } | undefined;
  readonly basePath: string;
  readonly jwksFile: string | undefined;
  readonly format: 'text' | 'json';
}

/** What is printed; `valid` is about the token, `decision` about the operation. */
interface Verdict {
  readonly valid: boolean;
  readonly decision?: 'allow' | 'deny';
  readonly reason: string;
  readonly message?: string;
  readonly claims?: TokenClaims;
}

/** Builds the command. */
export function createVerifyCommand(deps: VerifyDeps): Command {
  return {
    name: 'verify',
    summary: 'Validate a token offline',
    usage,
    run: async (args, io) => {
      const request = readRequest(args, io.env);
      const verdict = await verify(request, io, deps);
      io.stdout(request.format === 'json' ? `${JSON.stringify(verdict)}\n` : toText(verdict));
      return verdict.valid && verdict.decision !== 'deny' ? 0 : 1;
    },
  };
}

/** The command of this process. */
export const verifyCommand: Command = createVerifyCommand({
  clock: systemClock,
  fetch: globalThis.fetch,
  userId: process.geteuid?.() ?? 0,
  temporaryDirectory: '/tmp',
});

function readRequest(args: readonly string[], env: CommandIo['env']): Request {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      issuer: { type: 'string' },
      audience: { type: 'string', multiple: true, default: [] },
      operation: { type: 'string' },
      path: { type: 'string' },
      'base-path': { type: 'string', default: '/' },
      jwks: { type: 'string' },
      format: { type: 'string', default: 'text' },
    },
  });
  const { format } = values;
  if (positionals.length > 1) throw new AppError('usage', 'expected one TOKEN');
  if (format !== 'text' && format !== 'json') {
    throw new AppError('usage', `format \`${format}\` not known, expected \`text\` or \`json\``);
  }
  return {
    token: positionals[0],
    issuer: findIssuer(values.issuer, env),
    audiences: values.audience,
    question: readQuestion(values),
    basePath: values['base-path'],
    jwksFile: values.jwks,
    format,
  };
}

function readQuestion({ operation, path }: { operation?: string; path?: string }): Request['question'] {
  if (operation === undefined && path === undefined) return undefined;
  if (operation === undefined || path === undefined) {
    throw new AppError('usage', 'expected both `--operation` and `--path`, or neither');
  }
  if (!isOperation(operation)) throw new AppError('usage', `operation \`${operation}\` not known`);
  return { operation, path };
}

async function verify(request: Request, io: CommandIo, deps: VerifyDeps): Promise<Verdict> {
  const validator = await buildValidator(request, io, deps);
  if (request.token !== undefined) return judge(request.token.trim(), request, validator);
  const { userId, temporaryDirectory } = deps;
  const found = await findBearerToken({ env: io.env, userId, temporaryDirectory });
  if (!found.ok) return { valid: false, reason: 'token_missing', message: found.error };
  return judge(found.value, request, validator);
}

async function buildValidator(request: Request, io: CommandIo, deps: VerifyDeps): Promise<Validator> {
  const { issuer, audiences, basePath, jwksFile } = request;
  const trusted = {
    issuer,
    audiences: audiences.length > 0 ? audiences : ('unchecked' as const),
    basePath,
    // Whoever names an http issuer knows what they do.
    allowInsecureHttp: issuer.startsWith('http:'),
    ...(jwksFile !== undefined && { jwks: await readKeys(jwksFile) }),
  };
  return createValidator({ issuers: [trusted], environment: io.env, clock: deps.clock, fetch: deps.fetch });
}

async function readKeys(file: string): Promise<JwkSet> {
  const keys = await readFile(file, 'utf8')
    .then(JSON.parse)
    .catch(() => undefined);
  if (!isJwkSet(keys)) throw new AppError('keys_missing', `\`${file}\` holds no key set, expected \`{"keys":[…]}\``);
  return keys;
}

async function judge(token: string, { audiences, question }: Request, validator: Validator): Promise<Verdict> {
  const result = await validator.validate(token);
  if (!result.ok) return { valid: false, reason: result.error.code, message: result.error.message };
  const claims = result.value;
  if (question === undefined) {
    return { valid: true, reason: audiences.length > 0 ? 'token_valid' : 'token_valid_audience_unchecked', claims };
  }
  const { operation, path } = question;
  const { decision, reason } = validator.authorize(claims, operation, readRequestPath(operation, path));
  return { valid: true, decision, reason, claims };
}

function toText({ valid, decision, reason, message, claims }: Verdict): string {
  const head = decision ?? (valid ? 'valid' : 'invalid');
  const about = claims && `subject ${claims.sub}, scope ${JSON.stringify(claims.scope)}, expires ${until(claims)}`;
  return `${head}: ${reason}${[message, about]
    .filter(Boolean)
    .map((part) => `: ${part}`)
    .join('')}\n`;
}

function until({ exp }: TokenClaims): string {
  return new Date(exp * 1000).toISOString();
}
