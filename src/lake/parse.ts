/** From the text of a lake file to its objects: each is held against its schema by itself, so that one fault hides no other. */
import { err, ok, type Result } from '../shared/result.ts';
import { readLakeDocument } from './document.ts';
import type { LakeFault, LakePath, LocatedFault } from './fault.ts';
import {
  headSchema,
  type LakeAccount,
  type LakeClient,
  type LakeEmbargo,
  type LakeExchangeRule,
  type LakeGrant,
  type LakeGroup,
  type LakeHead,
  type LakeStorage,
  lakeFileSchema,
  type SectionName,
  sectionNames,
  sectionSchemas,
} from './schema.ts';
import { joinSplitText } from './split-text.ts';
import { faultsOf, wording } from './zod-faults.ts';

/** An object of a list and its position there. */
export interface Entry<T> {
  readonly index: number;
  readonly value: T;
  /** Fields with faults, which are not in `value`: what can be said of the rest is said in the same run. */
  readonly dropped: ReadonlySet<string>;
}

/** What is well-formed in a file; a lake with `faults` is never applied. */
export interface ParsedLake {
  readonly head: Partial<LakeHead>;
  readonly groups: readonly Entry<LakeGroup>[];
  readonly accounts: readonly Entry<LakeAccount>[];
  readonly clients: readonly Entry<LakeClient>[];
  readonly storages: readonly Entry<LakeStorage>[];
  readonly namespace: readonly Entry<string>[];
  readonly grants: readonly Entry<LakeGrant>[];
  readonly embargoes: readonly Entry<LakeEmbargo>[];
  readonly exchangeRules: readonly Entry<LakeExchangeRule>[];
  /** Identifiers of all objects, the faulty ones included, so that one fault does not cause others. */
  readonly named: Readonly<Record<'groups' | 'accounts' | 'clients', ReadonlySet<string>>>;
  readonly faults: readonly LakeFault[];
  readonly lineOf: (path: LakePath) => number;
}

/** The objects and all faults of form; an error only when the text itself cannot be read. */
export function parseLake(text: string): Result<ParsedLake, LocatedFault[]> {
  const document = readLakeDocument(text);
  if (!document.ok) return document;
  const { value, lineOf } = document.value;
  if (!isRecord(value)) {
    return err([{ line: 1, path: [], message: 'expected an object with `version` and the parts of the lake' }]);
  }
  const faults: LakeFault[] = [];
  return ok({
    head: parseHead(value, faults),
    ...parseSections(value, faults),
    named: {
      groups: identifiers(value.groups, 'path'),
      accounts: identifiers(value.accounts, 'username'),
      clients: identifiers(value.clients, 'clientId'),
    },
    faults,
    lineOf,
  });
}

/** Faults with their lines. */
export function locate(parsed: ParsedLake, faults: readonly LakeFault[]): LocatedFault[] {
  return faults.map((fault) => ({ ...fault, line: parsed.lineOf(fault.path) }));
}

function parseHead(value: Record<string, unknown>, faults: LakeFault[]): Partial<LakeHead> {
  const isSection = (name: string) => (sectionNames as string[]).includes(name);
  const rest = Object.entries(value).filter(([name]) => !isSection(name));
  const known = rest.filter(([name]) => Object.hasOwn(headSchema.shape, name));
  for (const [name] of rest) {
    if (!Object.hasOwn(headSchema.shape, name)) faults.push({ path: [name], message: unknownPart });
  }
  const given = Object.fromEntries(known);
  const fields = Object.entries(headSchema.shape).flatMap(([name, schema]) => {
    const result = schema.safeParse(given[name], { error: wording });
    if (result.success) return [[name, result.data] as const];
    faults.push(...faultsOf(result.error.issues, [name]));
    return [];
  });
  return Object.fromEntries(fields);
}

const unknownPart = `unknown field, expected one of ${Object.keys(lakeFileSchema.shape)
  .map((name) => `\`${name}\``)
  .join(', ')}`;

type Sections = Pick<ParsedLake, SectionName>;

function parseSections(value: Record<string, unknown>, faults: LakeFault[]): Sections {
  const entries = sectionNames.map((name) => [name, parseSection(name, value[name], faults)]);
  return Object.fromEntries(entries) as Sections;
}

function parseSection(name: SectionName, list: unknown, faults: LakeFault[]): Entry<unknown>[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) {
    faults.push({ path: [name], message: 'expected a list' });
    return [];
  }
  return list.flatMap((item: unknown, index) => parseItem(name, index, item, faults));
}

const nothing: ReadonlySet<string> = new Set();

function parseItem(name: SectionName, index: number, item: unknown, faults: LakeFault[]): Entry<unknown>[] {
  const schema = sectionSchemas[name];
  const isField = (field: string) => 'shape' in schema && Object.hasOwn(schema.shape, field);
  const whole = joinSplitText(item, isField);
  const result = schema.safeParse(whole, { error: wording });
  if (result.success) return [{ index, value: result.data, dropped: nothing }];
  faults.push(...faultsOf(result.error.issues, [name, index]));
  if (!isRecord(whole)) return [];
  const dropped = new Set(result.error.issues.map(({ path }) => String(path[0])));
  const sound = Object.entries(whole).filter(([field]) => isField(field) && !dropped.has(field));
  const rest = schema.safeParse(Object.fromEntries(sound));
  return rest.success ? [{ index, value: rest.data, dropped }] : [];
}

function identifiers(list: unknown, field: string): Set<string> {
  const found = new Set<string>();
  for (const item of Array.isArray(list) ? list : []) {
    const identifier: unknown = isRecord(item) ? item[field] : undefined;
    if (typeof identifier === 'string') found.add(identifier);
  }
  return found;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
