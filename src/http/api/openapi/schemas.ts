/** Schemas of the document: named ones once, the others where they stand (JSON Schema draft 2020-12, as OpenAPI 3.1 has it). */
import { z } from 'zod';
import { path, subject } from '../../../lake/schema/scalars.ts';

type JsonSchema = Record<string, unknown>;
type Side = 'input' | 'output';

export interface SchemaWriter {
  /** A reference to a named schema, or the schema itself. */
  write(schema: z.ZodType, side: Side): JsonSchema;
  /** The named ones. */
  components(): Record<string, JsonSchema>;
}

interface NamedSchemas {
  readonly requestSchemas: Readonly<Record<string, z.ZodType>>;
  readonly answerSchemas: Readonly<Record<string, z.ZodType>>;
}

export function createSchemaWriter({ requestSchemas, answerSchemas }: NamedSchemas): SchemaWriter {
  const registries = { input: registryOf(requestSchemas), output: registryOf(answerSchemas) };
  const named = { ...generate(registries.input, 'input'), ...generate(registries.output, 'output') };
  return {
    write(schema, side) {
      const name = registries[side].get(schema)?.id;
      if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
      // Registered only here, so that the named ones within it become references.
      const registry = registryOf(side === 'input' ? requestSchemas : answerSchemas);
      registry.add(schema, { id: 'inline' });
      return generate(registry, side).inline ?? {};
    },
    components: () => named,
  };
}

type Registry = z.core.$ZodRegistry<{ id: string }>;

function registryOf(schemas: Readonly<Record<string, z.ZodType>>): Registry {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  return registry;
}

function generate(registry: Registry, io: Side): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(registry, {
    target: 'draft-2020-12',
    io,
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ zodSchema, jsonSchema }) => simplify(jsonSchema as JsonSchema, grammars.get(zodSchema._zod.def)),
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _dialect, $id: _id, ...schema }]) => [id, schema]),
  );
}

/** What code checks, as far as a pattern can say it; a described schema keeps the definition of the plain one. */
const grammars = new Map<unknown, string>([
  [path._zod.def, '^/[A-Za-z0-9._~=@,/-]*$'],
  [subject._zod.def, '^(user:|group:/|client:)[^ ]+$'],
]);

/** Patterns that only repeat a format, or that many validators cannot read, are left out; the description says what counts. */
function simplify(schema: JsonSchema, grammar: string | undefined): void {
  const { pattern, format } = schema;
  if (typeof pattern === 'string' && (format === 'date-time' || pattern.includes('\\p{') || pattern.includes('\\P{'))) {
    delete schema.pattern;
  }
  if (grammar !== undefined) schema.pattern = grammar;
  // The bounds of JavaScript's integers say nothing here.
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}
