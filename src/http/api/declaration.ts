/** How an endpoint is declared: its schemas validate requests and answers, and the OpenAPI document is generated from them. */
import type { z } from 'zod';
import type { Result } from '../../shared/result.ts';
import type { ApiScope, Caller } from './caller.ts';
import type { Problem, ProblemStatus } from './problem.ts';
import type { ExpectedTag, Version } from './version-tag.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Declaration {
  readonly method: Method;
  /** Below `/api/v1`; `{name}` stands for one segment, percent-decoded. */
  readonly path: `/${string}`;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** The scope that a token needs; null: everybody may ask. */
  readonly scope: ApiScope | null;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The answer of a success. */
  readonly answer: {
    readonly status: 200 | 201;
    /** It may also be 201, when the thing is new. */
    readonly orCreated?: true;
    readonly description: string;
    readonly body: z.ZodType;
    /** The answer carries the version as a strong ETag. */
    readonly etag?: true;
    /** The answer names where the new thing is. */
    readonly location?: true;
  };
  /** Heeds If-Match, or needs it: the change is refused when somebody else changed it first (RFC 6585 section 3). */
  readonly guarded?: 'may' | 'must';
  /** Further problems that it may answer, beside those that every endpoint of its kind has. */
  readonly problems: readonly ProblemStatus[];
}

/** Keeps the exact types of the schemas. */
export function declare<const D extends Declaration>(declaration: D): D {
  return declaration;
}

type OutputOf<T> = T extends z.ZodType ? z.output<T> : Record<never, never>;

/** What a handler gets: everything validated. */
export interface ApiRequest<D extends Declaration = Declaration> {
  readonly params: OutputOf<D['params']>;
  readonly query: OutputOf<D['query']>;
  readonly body: OutputOf<D['body']>;
  readonly caller: CallerOf<D>;
  /** What If-Match names; `any` without it. */
  readonly expected: ExpectedTag;
  /** Network address, for logs. */
  readonly address: string | null;
}

type CallerOf<D extends Declaration> = D['scope'] extends null ? Caller | null : Caller;

export interface ApiAnswer<D extends Declaration = Declaration> {
  readonly body: Shown<D['answer']['body']>;
  /** Of the thing that is answered, where its ETag is declared. */
  readonly version?: Version;
  /** Below `/api/v1`, where it is declared. */
  readonly location?: string;
  /** It did not exist before. */
  readonly created?: boolean;
}

type Immutable<T> = T extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Immutable<T[Key]> }
    : T;

/** What an answer of this schema is made from. */
export type Shown<Schema extends z.ZodType> = Immutable<z.input<Schema>>;

/** A refusal is a value. */
export type Handler<D extends Declaration> = (request: ApiRequest<D>) => Promise<Result<ApiAnswer<D>, Problem>>;

/** A handler for each declaration, none forgotten. */
export type HandlersOf<Contract extends Readonly<Record<string, Declaration>>> = {
  readonly [Name in keyof Contract]: Handler<Contract[Name]>;
};

/** A declaration with its handler, its types checked where the two were joined. */
export interface Endpoint {
  readonly name: string;
  readonly declaration: Declaration;
  readonly handle: (request: ApiRequest) => Promise<Result<ApiAnswer, Problem>>;
}

export function endpointsOf<Contract extends Readonly<Record<string, Declaration>>>(
  contract: Contract,
  handlers: HandlersOf<Contract>,
): readonly Endpoint[] {
  return Object.entries(contract).map(([name, declaration]) => ({
    name,
    declaration,
    // The contract's type says that this handler takes what this declaration's schemas let through.
    handle: handlers[name as keyof Contract] as unknown as Endpoint['handle'],
  }));
}
