/** How large a lake file may be: reading one takes many times its size, and without memory the process would end instead of saying what is wrong. */
import { getHeapStatistics } from 'node:v8';
import { AppError } from '../shared/errors.ts';

/** Measured with files of a million rows of different kinds: 40 to 60. */
const memoryPerByte = 80;

/** Throws `lake_invalid` when a text of so many bytes could not be read in the memory that Node may use here. */
export function refuseTooLarge(
  fileName: string,
  bytes: number,
  memoryBytes: number = getHeapStatistics().heap_size_limit,
): void {
  const most = Math.floor(memoryBytes / memoryPerByte);
  if (bytes <= most) return;
  throw new AppError(
    'lake_invalid',
    `${fileName}: the file is too large (${megabytes(bytes)} MB), expected at most ${megabytes(most)} MB for the memory ` +
      'that Node may use here: apply it in several files, or raise `--max-old-space-size` in `NODE_OPTIONS`',
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
