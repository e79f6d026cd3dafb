/** Which groups a token asserts, and in which order (wlcg-tokens.md section 4.2). */

/** What is known of the subject: its default groups in the configured order, and whether it is a member of a named one. */
export interface HeldGroups {
  readonly defaults: readonly string[];
  isMember(group: string): boolean;
}

/** `asked` is the group of each group scope in the order of the request, null for the bare `wlcg.groups`. */
export function selectGroups(asked: readonly (string | null)[], { defaults, isMember }: HeldGroups): string[] {
  if (asked.length === 0) return [];
  // W-GRP-7: a bare scope is implied at the end.
  const complete = asked.includes(null) ? asked : [...asked, null];
  const selected = complete.flatMap((group) => {
    if (group === null) return defaults;
    return isMember(group) ? [group] : [];
  });
  return [...new Set(selected)];
}
