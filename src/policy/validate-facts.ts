/** Faults of a configuration that would make decisions unsafe or senseless (policy-semantics 2, 2.2, 7); found before anything is stored. */
import { anyAudience } from './audience.ts';
import { type CanonicalPath, isBelow, lineage, parsePath } from './path.ts';
import { findConfusions } from './path-confusion.ts';
import type { Embargo, Interval, Mount, PolicyFacts, Storage } from './rule.ts';

/** `path` is the place in the lake file, as in `grants[3].until`. */
export interface PolicyFault {
  readonly path: string;
  readonly message: string;
}

/** A path of the lake file with its place. */
interface Placed {
  readonly place: string;
  readonly text: string;
}

export function checkPolicyFacts(facts: PolicyFacts): PolicyFault[] {
  return [
    ...facts.storages.flatMap((storage, index) => checkMounts(storage, `storages[${index}]`)),
    ...checkAudiences(facts.storages),
    ...checkPaths(facts),
    ...facts.grants.flatMap((grant, index) => checkInterval(grant, `grants[${index}]`)),
    ...facts.embargoes.flatMap((embargo, index) =>
      checkEmbargo(embargo, facts.settings.minLifetimeSeconds, `embargoes[${index}]`),
    ),
  ];
}

/** Every path is canonical, and no two rule paths are confused by a verifier that reads `.` as any character. */
function checkPaths({ namespace, grants, embargoes }: PolicyFacts): PolicyFault[] {
  const rules: Placed[] = [
    ...grants.map(({ path }, index) => ({ place: `grants[${index}].path`, text: path })),
    ...embargoes.flatMap(({ path, exempt }, index) => [
      { place: `embargoes[${index}].path`, text: path },
      ...exempt.map((text, inner) => ({ place: `embargoes[${index}].exempt[${inner}]`, text })),
    ]),
  ];
  const catalogue = namespace.map((text, index) => ({ place: `namespace[${index}]`, text }));
  return [...rules, ...catalogue].filter(isMalformed).map(malformed).concat(checkConfusions(rules));
}

function isMalformed({ text }: Placed): boolean {
  return !parsePath(text).ok;
}

function malformed({ place, text }: Placed): PolicyFault {
  return {
    path: place,
    message: `\`${text}\` is not a path, expected \`/\` or segments of letters, digits and \`-_.~=@,\``,
  };
}

function checkConfusions(rules: readonly Placed[]): PolicyFault[] {
  const places = new Map<string, string>();
  for (const { place, text } of rules) {
    const path = parsePath(text);
    if (path.ok && !places.has(path.value)) places.set(path.value, place);
  }
  const reported = new Set<string>();
  return findConfusions([...places.keys()]).flatMap(({ path, with: other }) => {
    if (reported.has(`${other} ${path}`)) return [];
    reported.add(`${path} ${other}`);
    const message = `\`${path}\` would be confused with \`${other}\` (${places.get(other)}) by a storage that reads \`.\` as any character, expected another name`;
    return [{ path: places.get(path) ?? '', message }];
  });
}

function checkMounts({ mounts }: Storage, place: string): PolicyFault[] {
  const placed = mounts.map((mount, index) => ({ mount, place: `${place}.mounts[${index}]` }));
  const unreadable = placed.flatMap(({ mount, place: at }) => [
    ...[{ place: `${at}.path`, text: mount.path }].filter(isMalformed).map(malformed),
    ...[{ place: `${at}.at`, text: mount.at }].filter(isMalformed).map(malformed),
  ]);
  return [...unreadable, ...checkNesting(placed)];
}

/** Nested mounts would give one own path two meanings; also when the nesting is only by dots. */
function checkNesting(placed: readonly { readonly mount: Mount; readonly place: string }[]): PolicyFault[] {
  const seen = new Map<CanonicalPath, string>();
  const repeated: PolicyFault[] = [];
  for (const { mount, place } of placed) {
    const path = parsePath(mount.path);
    if (!path.ok) continue;
    const earlier = seen.get(path.value);
    if (earlier === undefined) seen.set(path.value, place);
    else repeated.push(nested(place, path.value, path.value, earlier));
  }
  const placeOf = (path: string) => seen.get(path as CanonicalPath) ?? '';
  const sorted = [...seen.keys()];
  const below = sorted.flatMap((path) => {
    const above = findAncestor(path, seen);
    return above === undefined ? [] : [nested(placeOf(path), path, above, placeOf(above))];
  });
  const confused = findConfusions(sorted).map(({ path, with: other }) =>
    nested(placeOf(path), path, other, placeOf(other)),
  );
  return [...repeated, ...below, ...confused];
}

function findAncestor(path: CanonicalPath, known: ReadonlyMap<CanonicalPath, string>): CanonicalPath | undefined {
  return lineage(path).find((ancestor) => ancestor !== path && known.has(ancestor));
}

function nested(place: string, path: string, other: string, otherPlace: string): PolicyFault {
  const message = `mount \`${path}\` is at, above or below mount \`${other}\` (${otherPlace}), expected mounts of one storage apart, also when \`.\` stands for any character`;
  return { path: `${place}.path`, message };
}

/** An audience names one storage; the wildcard names none. */
function checkAudiences(storages: readonly Storage[]): PolicyFault[] {
  const seen = new Map<string, string>();
  const names = storages.flatMap(({ audience, aliases }, index) => [
    { place: `storages[${index}].audience`, text: audience },
    ...aliases.map((text, inner) => ({ place: `storages[${index}].aliases[${inner}]`, text })),
  ]);
  return names.flatMap(({ place, text }) => {
    const earlier = seen.get(text);
    if (earlier === undefined) seen.set(text, place);
    if (text === anyAudience)
      return [{ path: place, message: `\`${text}\` is the wildcard, expected the audience of one storage` }];
    return earlier === undefined
      ? []
      : [{ path: place, message: `audience \`${text}\` is also that of ${earlier}, expected each once` }];
  });
}

function checkEmbargo(embargo: Embargo, minLifetimeSeconds: number, place: string): PolicyFault[] {
  const lifetimes = [
    { at: place, seconds: embargo.maxTokenLifetimeSeconds },
    ...embargo.parties.map((party, index) => ({
      at: `${place}.parties[${index}]`,
      seconds: party.maxTokenLifetimeSeconds,
    })),
  ];
  return [
    ...checkInterval(embargo, place),
    ...embargo.parties.flatMap((party, index) => checkInterval(party, `${place}.parties[${index}]`)),
    ...checkExempt(embargo, place),
    ...lifetimes
      .filter(({ seconds }) => seconds !== null && seconds < minLifetimeSeconds)
      .map(({ at, seconds }) => ({
        path: `${at}.maxTokenLifetimeSeconds`,
        message: `${seconds} s is shorter than the shortest useful token, expected at least ${minLifetimeSeconds} s`,
      })),
  ];
}

function checkExempt({ path, exempt }: Embargo, place: string): PolicyFault[] {
  const closed = parsePath(path);
  return exempt.flatMap((text, index) => {
    const open = parsePath(text);
    if (!open.ok || !closed.ok || isBelow(open.value, closed.value)) return [];
    return [
      {
        path: `${place}.exempt[${index}]`,
        message: `\`${text}\` is not below the embargo, expected a path below \`${path}\``,
      },
    ];
  });
}

function checkInterval({ from, until }: Interval, place: string): PolicyFault[] {
  if (from === null || until === null || until > from) return [];
  return [{ path: `${place}.until`, message: 'ends before it begins, expected an instant after `from`' }];
}
