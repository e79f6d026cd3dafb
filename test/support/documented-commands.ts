/** Commands of the documentation: the fenced blocks of a page, what they print, and a shell to run them in. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDirectory } from '../../src/config/env.ts';

/** A fenced block. The words after the language say what it is for: `runnable`, `output`, … */
export interface Block {
  readonly language: string;
  readonly marks: readonly string[];
  readonly text: string;
  /** The nearest heading above. */
  readonly heading: string;
}

/** Commands and, where the page shows it, what they print. */
export interface Step {
  readonly commands: Block;
  readonly output: string | null;
}

/** Every fenced block of a page of the project, in order. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(join(projectDirectory, page), 'utf8');
  return [...text.matchAll(/^```(\S+)?(.*)\n([\s\S]*?)^```$/gm)].map((block) => {
    const [, language = '', marks = '', body = ''] = block;
    const heading = [...text.slice(0, block.index).matchAll(/^#+ (.+)$/gm)].at(-1)?.[1] ?? '';
    return { language, marks: marks.split(' ').filter(Boolean), text: body.trimEnd(), heading };
  });
}

/** The `sh` blocks of a page, each with the block `output` that follows it. */
export function stepsOf(page: string): Step[] {
  const blocks = blocksOf(page);
  return blocks.flatMap((commands, index) => {
    const next = blocks[index + 1];
    const output = next?.marks.includes('output') ? next.text : null;
    return commands.language === 'sh' ? [{ commands, output }] : [];
  });
}

/** What a page shows as a pattern: `…` stands for anything, and so does everything that differs from run to run. */
export function patternOf(output: string): RegExp {
  const parts = output.split('…').map((part) => varying.reduce(replaceVarying, escapeExpression(part)));
  return new RegExp(parts.join('[^]*?'));
}

const varying: readonly RegExp[] = [
  /\b1[0-9]{9}\b/g,
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g,
  /\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(?:\\\.[0-9]{3})?Z/g,
];

function replaceVarying(text: string, pattern: RegExp): string {
  return text.replace(pattern, '[0-9a-fTZ:.-]+');
}

function escapeExpression(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

export interface Shell {
  /** Runs commands one after the other, as pasted into a terminal; resolves to everything that they print. */
  run(commands: string): Promise<string>;
  /** What the commands under way have printed matches; resolves to the first group. */
  saw(pattern: RegExp): Promise<string>;
  close(): void;
}

/** A bash of its own: variables live from one step to the next. */
export function startShell(variables: Readonly<Record<string, string>>): Shell {
  const child = spawn('bash', ['--norc'], {
    cwd: projectDirectory,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...variables },
    detached: true,
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const saw = (pattern: RegExp) => untilPrinted(child, () => pattern.exec(printed)?.[1]);
  return {
    run: async (commands) => {
      printed = '';
      child.stdin.write(`{ ${commands}\n} </dev/null 2>&1\necho "=== end"\n`);
      return saw(/^([\s\S]*)=== end\n$/);
    },
    saw,
    close: () => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    },
  };
}

function untilPrinted(child: ChildProcess, found: () => string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const text = found();
      if (text === undefined) return;
      child.stdout?.off('data', look);
      resolve(text);
    };
    child.stdout?.on('data', look);
    child.once('close', () => reject(new Error('the shell ended')));
    look();
  });
}
