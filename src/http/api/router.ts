/** Finds the endpoint of a path and a method; identifiers in paths are percent-decoded once. */
import type { Declaration, Method } from './declaration.ts';

export interface Route<E> {
  /** For logs and metrics: the declared path, whatever stood in it. */
  readonly template: string;
  readonly params: Readonly<Record<string, string>>;
  /** By method. */
  readonly endpoints: ReadonlyMap<Method, E>;
}

export type Router<E> = (path: string) => Route<E> | undefined;

interface Pattern<E> {
  readonly template: string;
  readonly segments: readonly string[];
  readonly endpoints: Map<Method, E>;
}

/** Undefined for a path that is none of the declared ones. */
export function createRouter<E extends { readonly declaration: Declaration }>(endpoints: readonly E[]): Router<E> {
  const patterns = new Map<string, Pattern<E>>();
  for (const endpoint of endpoints) {
    const { path, method } = endpoint.declaration;
    const pattern = patterns.get(path) ?? { template: path, segments: path.split('/'), endpoints: new Map() };
    pattern.endpoints.set(method, endpoint);
    patterns.set(path, pattern);
  }
  return (path) => {
    const given = path.split('/');
    for (const { template, segments, endpoints: byMethod } of patterns.values()) {
      const params = match(segments, given);
      if (params) return { template, params, endpoints: byMethod };
    }
    return undefined;
  };
}

function match(segments: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const text = given[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined) {
      if (text !== segment) return undefined;
      continue;
    }
    const value = decode(text);
    if (value === undefined || value === '') return undefined;
    params[name] = value;
  }
  return params;
}

/** Undefined for what is not percent-encoded UTF-8: nothing has such a name. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
