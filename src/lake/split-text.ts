/** Puts together again what YAML takes apart: in `{ description: Proposal 17, its team }` the comma begins a new field without a value. */

/** Fields of free text, in which people write commas. */
const textFields = new Set(['description', 'name', 'title', 'basis']);

/** The object with such parts joined to the text before them; the object itself when there are none. */
export function joinSplitText(value: unknown, isField: (name: string) => boolean): unknown {
  if (!isRecord(value)) return value;
  const entries = Object.entries(value);
  if (!entries.some(([name, field]) => field === null && !isField(name))) return value;
  const joined: [string, unknown][] = [];
  for (const [name, field] of entries) {
    const before = joined.at(-1);
    if (field === null && !isField(name) && before && textFields.has(before[0]) && typeof before[1] === 'string') {
      before[1] = `${before[1]}, ${name}`;
    } else {
      joined.push([name, field]);
    }
  }
  return Object.fromEntries(joined);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
