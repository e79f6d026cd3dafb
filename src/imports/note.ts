/** What an import tells of a thing that did not come over as it was. */

export interface ImportNote {
  /** Kind and name, such as `client portal` or `scope policy 7`. */
  readonly object: string;
  /** `changed`: it came over and means something else; `left-out`: it did not come over. */
  readonly outcome: 'changed' | 'left-out';
  /** What is different and why. */
  readonly why: string;
  /** A request that is answered otherwise than before; of scope policies. */
  readonly example?: ImportExample;
}

export interface ImportExample {
  /** Username, or words for anybody. */
  readonly user: string;
  readonly scope: string;
  readonly before: 'issued' | 'refused';
  readonly now: 'issued' | 'refused';
}
