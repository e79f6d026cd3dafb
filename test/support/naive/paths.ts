/** Paths and scopes of the naive model, by lists and regular expressions (policy-semantics 2.1, 2.2). */
import type { Action } from '../../../src/policy/rule.ts';
import { isWithin } from '../oracle.ts';

/** policy-semantics 2.1, the column *covers*. */
export const covers: Readonly<Record<Action, readonly Action[]>> = {
  read: ['read'],
  poll: ['poll'],
  create: ['create'],
  modify: ['modify', 'create'],
  stage: ['stage', 'poll'],
};

export interface StorageAsk {
  readonly action: Action;
  readonly path: string;
}

const storageToken = /^storage\.(read|create|modify|stage|poll)(?::(.*))?$/s;
const grammar = /^\/+$|^(?:\/+[A-Za-z0-9\-_.~=@,]+)+\/*$/;

/** A storage scope in canonical form; `malformed`; or null when the token is no storage scope. */
export function readStorageScope(token: string): StorageAsk | 'malformed' | null {
  const [all, action, text] = storageToken.exec(token) ?? [];
  if (all === undefined) return null;
  if (text === undefined || !grammar.test(text)) return 'malformed';
  const segments = split(text);
  if (segments.some((segment) => segment === '.' || segment === '..')) return 'malformed';
  const path = join(segments);
  return path.length > 512 ? 'malformed' : { action: action as Action, path };
}

export function split(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

export function join(segments: readonly string[]): string {
  return `/${segments.join('/')}`;
}

export function parent(path: string): string {
  return join(split(path).slice(0, -1));
}

/** The path with one slash at its end. */
export function directory(path: string): string {
  return path === '/' ? '/' : `${path}/`;
}

export function isBelow(path: string, ancestor: string): boolean {
  return path !== ancestor && isWithin(path, ancestor);
}

/** The same place below another directory. */
export function move(path: string, from: string, to: string): string {
  return join([...split(to), ...split(path).slice(split(from).length)]);
}

/** Those that lie below no other, each once. */
export function topmost(paths: readonly string[]): string[] {
  const once = [...new Set(paths)];
  return once.filter((path) => !once.some((other) => isBelow(path, other)));
}

/** Whether both agree over the shorter of the two, each `.` of the scope path standing for any character. */
export function agreesByDots(scopePath: string, text: string): boolean {
  const length = Math.min(scopePath.length, text.length);
  return [...scopePath.slice(0, length)].every((character, index) => character === '.' || character === text[index]);
}
