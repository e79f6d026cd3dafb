/** Holds translated objects against the lake file's schema: fields that it does not take are left out and told, the rest stays. */
import type { z } from 'zod';
import { wording } from '../lake/zod-faults.ts';
import type { ImportNote } from './note.ts';

export type LakeItem = Record<string, unknown>;

/** Undefined: without the fields that are at fault there is no object. */
export function checkedItem(
  schema: z.ZodObject,
  item: LakeItem,
  object: string,
): { readonly item: LakeItem | undefined; readonly notes: readonly ImportNote[] } {
  const result = schema.safeParse(item, { error: wording });
  if (result.success) return { item, notes: [] };
  const faults = new Map<string, string>();
  for (const { path, message, code, ...issue } of result.error.issues) {
    const fields = code === 'unrecognized_keys' ? (issue as { keys: string[] }).keys : [String(path[0])];
    for (const field of fields) faults.set(field, message);
  }
  const sound = Object.fromEntries(Object.entries(item).filter(([field]) => !faults.has(field)));
  const fits = schema.safeParse(sound).success;
  const notes = [...faults].map(([field, message]) => ({
    object,
    outcome: fits ? ('changed' as const) : ('left-out' as const),
    why: `\`${field}\` left out: ${message}`,
  }));
  return { item: fits ? sound : undefined, notes };
}
