/** The tree of rules finds what a scan over all rules finds, and an updated policy is the one that would be compiled anew (policy-semantics 8). */
import fc from 'fast-check';
import { type CompiledPolicy, compilePolicy } from '../../src/policy/compile.ts';
import { isAtOrBelow, isBelow, lineage, parsePath } from '../../src/policy/path.ts';
import type { PathNode } from '../../src/policy/path-tree.ts';
import type { PolicyFacts } from '../../src/policy/rule.ts';
import { findWay, type RuleNode } from '../../src/policy/rule-tree.ts';
import { updatePolicy } from '../../src/policy/update.ts';
import { facts } from '../support/policy-worlds.ts';

const asked = fc
  .array(fc.constantFrom('a', 'ab', 'a.b', 'b', 'none'), { maxLength: 3 })
  .map((segments) => `/${segments.join('/')}`)
  .map((text) => parsePath(text))
  .map((path) => (path.ok ? path.value : ('/' as never)));

const ids = (rules: Iterable<{ readonly id: string }>) => [...rules].map(({ id }) => id).toSorted();
const ofSubjects = (grants: RuleNode['grants']) => ids([...grants.values()].flat());

test('the way to a path has every rule at and above it, and its end every rule below', () => {
  fc.assert(
    fc.property(facts, asked, (all, path) => {
      const { line, end } = findWay(compilePolicy(all).rules, path);
      const above = (rule: { readonly path: string }) => isAtOrBelow(path, rule.path);
      const below = (rule: { readonly path: string }) => isBelow(rule.path, path);
      expect(line.map((node) => node.path)).toEqual(lineage(path).slice(0, line.length));
      expect(ids(line.flatMap((node) => node.embargoes))).toEqual(ids(all.embargoes.filter(above)));
      expect(line.flatMap((node) => ofSubjects(node.grants)).toSorted()).toEqual(ids(all.grants.filter(above)));
      expect(ids(end?.embargoesBelow ?? [])).toEqual(ids(all.embargoes.filter(below)));
      expect(end ? ofSubjects(end.grantsBelow) : []).toEqual(ids(all.grants.filter(below)));
    }),
  );
});

test('every registered path and its parents have a node, and nothing else', () => {
  fc.assert(
    fc.property(facts, (all) => {
      const named = [
        ...all.namespace,
        ...all.grants.map(({ path }) => path),
        ...all.embargoes.flatMap(({ path, exempt }) => [path, ...exempt]),
      ];
      const expected = new Set(['/', ...named.flatMap((path) => lineage(path as never))]);
      expect(pathsOf(compilePolicy(all).registered).toSorted()).toEqual([...expected].toSorted());
    }),
  );
});

test('a policy that is updated is the one that would be compiled anew, and the one before stays as it was', () => {
  fc.assert(
    fc.property(facts, facts, (before, after) => {
      const next: PolicyFacts = { ...after, namespace: before.namespace, storages: before.storages, version: 2 };
      const policy = compilePolicy(before);
      const untouched = plain(policy);
      const removed = <T extends { readonly id: string }>(old: readonly T[], now: readonly T[]) =>
        old.filter(({ id }) => !now.some((one) => one.id === id)).map(({ id }) => id);
      const updated = updatePolicy(policy, {
        version: 2,
        grants: { changed: next.grants, removed: removed(before.grants, next.grants) },
        embargoes: { changed: next.embargoes, removed: removed(before.embargoes, next.embargoes) },
      });
      expect(plain(updated)).toEqual(plain(compilePolicy(next)));
      expect(plain(policy)).toEqual(untouched);
    }),
  );
});

function pathsOf(node: PathNode): string[] {
  return [node.path, ...[...node.children.values()].flatMap(pathsOf)];
}

/** Without the order in which maps were filled. */
function plain({ rules, registered, version, embargoGroups }: CompiledPolicy): unknown {
  return {
    rules: plainNode(rules),
    registered: plainNode(registered),
    version,
    embargoGroups: new Map([...embargoGroups].toSorted()),
  };
}

function plainNode({ children, ...node }: RuleNode | PathNode): unknown {
  return { ...node, children: new Map([...children].map(([name, child]) => [name, plainNode(child)] as const)) };
}
