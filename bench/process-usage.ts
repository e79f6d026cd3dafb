/** Processor time and memory of processes as Linux tells them in /proc; not a number where there is no /proc. */
import { readFileSync } from 'node:fs';

/** Linux shows times to programs in hundredths of a second on every architecture (`USER_HZ`). */
const millisecondsPerTick = 10;
const bytesPerMegabyte = 1_000_000;

/** User and system time that a process has used, in milliseconds. */
export function cpuMilliseconds(pid: number): number {
  const { own } = ticksOf(pid);
  return own * millisecondsPerTick;
}

/** The same of a process and its children, those that have ended included. */
export function treeCpuMilliseconds(pid: number): number {
  const { own, ended } = ticksOf(pid);
  const children = childrenOf(pid).map((child) => ticksOf(child).own || 0);
  return (own + ended + children.reduce((sum, ticks) => sum + ticks, 0)) * millisecondsPerTick;
}

/** Resident memory now and at its highest, in megabytes of 10^6 bytes. */
export function residentMegabytes(pid: number): { readonly now: number; readonly peak: number } {
  const status = readProc(`${pid}/status`);
  return { now: kilobytesIn(status, 'VmRSS'), peak: kilobytesIn(status, 'VmHWM') };
}

/** Proportional memory of a process and its children: what they share is counted once. */
export function treeMegabytes(pid: number): number {
  const parts = [pid, ...childrenOf(pid)].map((one) => kilobytesIn(readProc(`${one}/smaps_rollup`), 'Pss'));
  return parts.reduce((sum, part) => sum + (part || 0), 0);
}

function ticksOf(pid: number): { readonly own: number; readonly ended: number } {
  const stat = readProc(`${pid}/stat`);
  // The name in parentheses may hold anything; proc(5) numbers the fields from 1, `state` after it is 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  return { own: field(14) + field(15), ended: field(16) + field(17) };
}

function childrenOf(pid: number): number[] {
  return readProc(`${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

function kilobytesIn(text: string, name: string): number {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
  return (Number(kibibytes) * 1024) / bytesPerMegabyte;
}

function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}
