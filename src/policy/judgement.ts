/** The outcome of judging one scope: paths in the storage's own tree, and what of it is left out. */
import { type Cap, type LeftPart, reasons } from './decision.ts';
import { asDirectory, type CanonicalPath } from './path.ts';

/** A path that may be issued, in the storage's own tree. */
export interface OwnPath {
  readonly path: CanonicalPath;
  /** A verifier needs the trailing slash to stay below the path. */
  readonly slash: boolean;
  readonly cap: Cap;
  /** Ids of the grants that cover it and of the embargoes that admit the principal. */
  readonly because: readonly string[];
}

/** What is issued in the place of one scope; when nothing, `left` says why. */
export interface Judgement {
  readonly open: readonly OwnPath[];
  readonly left: readonly LeftPart[];
}

/** The path as it is written in the token. */
export function writtenPath({ path, slash }: OwnPath): string {
  return slash ? asDirectory(path) : path;
}

/** Those of the first reason in the closed set's order: with several causes it counts. */
export function firstLeft(left: readonly LeftPart[]): readonly LeftPart[] {
  const rank = Math.min(...left.map(({ reason }) => reasons.indexOf(reason)));
  return left.filter(({ reason }) => reasons.indexOf(reason) === rank);
}
