/** Rows of many owners, such as memberships, in one list for each. */

/** Each owner's rows in the order in which they come, converted. */
export function byOwner<R extends { readonly owner: string }, T>(
  rows: readonly R[],
  convert: (row: R) => T,
): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const row of rows) {
    const list = found.get(row.owner);
    if (list) list.push(convert(row));
    else found.set(row.owner, [convert(row)]);
  }
  return found;
}
