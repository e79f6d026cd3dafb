/** Requests by curl, each kept in a transcript with the token and the secret masked. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Answer {
  /** The HTTP status; null when nobody answered. */
  readonly status: number | null;
  readonly body: string;
}

export interface Curl {
  /** Starts a new part of the transcript. */
  chapter(title: string): void;
  request(...args: readonly string[]): Promise<Answer>;
  /** Chapters apart by an empty line; the same on every machine. */
  transcript(): string;
}

export interface CurlOptions {
  readonly ca: string;
  /** Where files to upload are found. */
  readonly directory: string;
  /** What the transcript shows instead, so that it is the same on every machine. */
  readonly shown: readonly (readonly [string, string])[];
}

const compactJwt = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g;
/** curl's exit status for a connection that nobody accepts. */
const refusedConnection = 7;

export function createCurl({ ca, directory, shown }: CurlOptions): Curl {
  const lines: string[] = [];
  const mask = (text: string) =>
    shown.reduce((rest, [secret, name]) => rest.replaceAll(secret, name), text.replaceAll(compactJwt, '$TOKEN'));
  return {
    chapter: (title) => void lines.push(...(lines.length === 0 ? [] : ['']), `# ${title}`),
    async request(...args) {
      const answer = await ask([...args, '--silent', '--show-error', '--cacert', ca, '--max-time', '20'], directory);
      lines.push(mask(`$ curl ${args.map(quote).join(' ')}`), mask(`${answer.status ?? 'no answer'}${tell(answer)}`));
      return answer;
    },
    transcript: () => `${lines.join('\n')}\n`,
  };
}

async function ask(args: readonly string[], cwd: string): Promise<Answer> {
  const separate = '\n%{http_code}';
  try {
    const { stdout } = await run('curl', [...args, '--write-out', separate], { cwd });
    const end = stdout.lastIndexOf('\n');
    return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
  } catch (error) {
    if ((error as { code?: unknown }).code === refusedConnection) {
      return { status: null, body: '' };
    }
    throw error;
  }
}

/** Of an answer in JSON the transcript shows what was given or refused; files and error pages are left out. */
function tell({ body }: Answer): string {
  if (!body.startsWith('{')) {
    return '';
  }
  const { scope, error, error_description } = JSON.parse(body) as Record<string, string>;
  if (error !== undefined) {
    return ` ${JSON.stringify({ error, error_description })}`;
  }
  return scope === undefined ? '' : ` ${JSON.stringify({ scope })}`;
}

function quote(arg: string): string {
  if (/^[\w./:=@%+-]+$/.test(arg)) {
    return arg;
  }
  return arg.includes('Bearer eyJ') ? `"${arg}"` : `'${arg}'`;
}
