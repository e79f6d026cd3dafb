/** Whether a process of this machine is alive, for the files in which processes leave their ids. */
import { readFileSync } from 'node:fs';

/**
 * True while a process with this id runs; with `name`, only when its command name is that one. An ended process whose
 * parent has not collected it counts as gone. Where /proc is absent the name is not checked.
 */
export function isRunning(pid: number, name?: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0) {
    return false;
  }
  const stat = readStat(pid);
  if (stat === undefined) {
    return process.platform !== 'linux' && answersSignalZero(pid);
  }
  // `pid (name) state …`; the name may itself hold parentheses.
  const close = stat.lastIndexOf(')');
  const state = stat.charAt(close + 2);
  const actual = stat.slice(stat.indexOf('(') + 1, close);
  return state !== 'Z' && state !== 'X' && (name === undefined || actual === name);
}

function readStat(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
}

function answersSignalZero(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
