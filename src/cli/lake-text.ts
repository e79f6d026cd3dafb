/** Reads a lake file for a command: a path, or `-` for the standard input. */
import { readFile } from 'node:fs/promises';
import { refuseTooLarge } from '../lake/text-size.ts';
import { AppError } from '../shared/errors.ts';
import type { CommandIo } from './command.ts';

export interface LakeText {
  /** As it is named in messages. */
  readonly fileName: string;
  readonly text: string;
}

/** Throws `lake_invalid` when the file cannot be read, is too large or is not UTF-8. */
export async function readLakeText(path: string, stdin: CommandIo['stdin']): Promise<LakeText> {
  const fileName = path === '-' ? '(standard input)' : path;
  const bytes = path === '-' ? await readAll(stdin, fileName) : await readBytes(path);
  refuseTooLarge(fileName, bytes.length);
  try {
    return { fileName, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (cause) {
    throw new AppError('lake_invalid', `${fileName}: the file is not UTF-8`, { cause });
  }
}

async function readBytes(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('lake_invalid', `the lake file \`${path}\` cannot be read (${cause.code})`, { cause });
  });
}

async function readAll(stdin: CommandIo['stdin'], fileName: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    chunks.push(bytes);
    size += bytes.length;
    refuseTooLarge(fileName, size);
  }
  return Buffer.concat(chunks);
}
