/** Attributes of SCIM resources as the server declares them (RFC 7643 sections 2 and 7). */

export type AttributeType = 'string' | 'boolean' | 'dateTime' | 'reference' | 'complex';

export interface Attribute {
  readonly name: string;
  readonly type: AttributeType;
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
  readonly returned: 'always' | 'never' | 'default' | 'request';
  readonly uniqueness: 'none' | 'server' | 'global';
  readonly canonicalValues?: readonly string[];
  readonly referenceTypes?: readonly string[];
  readonly subAttributes?: readonly Attribute[];
}

export interface Schema {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

/** What resources of a type consist of. */
export interface ResourceType {
  readonly name: 'User' | 'Group';
  readonly endpoint: '/Users' | '/Groups';
  readonly description: string;
  readonly schema: Schema;
  readonly extensions: readonly Schema[];
}

/** An attribute that a path names; its extension is null for those of the core schema and the common ones. */
export interface Located {
  readonly extension: string | null;
  readonly attribute: Attribute;
  readonly sub: Attribute | null;
}

/** How a located attribute is written: `emails.value`, `urn:…:IndigoUser:labels.name`. */
export function locatedName({ extension, attribute, sub }: Located): string {
  const prefix = extension === null ? '' : `${extension}:`;
  return `${prefix}${attribute.name}${sub === null ? '' : `.${sub.name}`}`;
}

type Traits = Partial<Omit<Attribute, 'name' | 'type' | 'description'>>;

/** The defaults of RFC 7643 section 2.2. */
export function attribute(name: string, type: AttributeType, description: string, traits: Traits = {}): Attribute {
  return {
    name,
    type,
    multiValued: false,
    description,
    required: false,
    caseExact: type === 'reference' || type === 'dateTime',
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...traits,
  };
}

const readOnly = { mutability: 'readOnly' } as const;

/** Those of every resource (RFC 7643 section 3.1), which no schema lists. */
export const commonAttributes: readonly Attribute[] = [
  attribute('id', 'string', 'Identifier.', { ...readOnly, caseExact: true, returned: 'always', uniqueness: 'server' }),
  attribute('externalId', 'string', 'Identifier of the client.', { caseExact: true }),
  attribute('schemas', 'reference', 'Schemas of the resource.', { ...readOnly, multiValued: true, returned: 'always' }),
  attribute('meta', 'complex', 'About the resource.', {
    ...readOnly,
    subAttributes: [
      attribute('resourceType', 'string', 'Type.', { ...readOnly, caseExact: true }),
      attribute('created', 'dateTime', 'When it was made.', readOnly),
      attribute('lastModified', 'dateTime', 'When it was last changed.', readOnly),
      attribute('location', 'reference', 'Its URL.', readOnly),
      attribute('version', 'string', 'Its ETag.', { ...readOnly, caseExact: true }),
    ],
  }),
];

/** Names are compared in any case (RFC 7643 section 2.1). */
export function findAttribute(attributes: readonly Attribute[], name: string): Attribute | undefined {
  const wanted = name.toLowerCase();
  return attributes.find((one) => one.name.toLowerCase() === wanted);
}

/** The attribute of a path such as `name.givenName` or `urn:…:User:userName` (RFC 7644 figure 1); undefined when there is none. */
export function locate(type: ResourceType, path: string): Located | undefined {
  const lower = path.toLowerCase();
  const within = [type.schema, ...type.extensions].find(({ id }) => lower.startsWith(`${id.toLowerCase()}:`));
  const rest = within === undefined ? path : path.slice(within.id.length + 1);
  const known = within === undefined ? [...commonAttributes, ...type.schema.attributes] : within.attributes;
  const [name = '', subName, ...more] = rest.split('.');
  const found = findAttribute(known, name);
  if (found === undefined || more.length > 0) return undefined;
  const extension = within === undefined || within === type.schema ? null : within.id;
  if (subName === undefined) return { extension, attribute: found, sub: null };
  const sub = findAttribute(found.subAttributes ?? [], subName);
  return sub && { extension, attribute: found, sub };
}
