/** Which passwords are taken (NIST SP 800-63B section 3.1.1.2): long ones that are hard to guess; no rules of composition. */
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { err, ok, type Result } from '../shared/result.ts';

/** In characters as people count them. */
export const leastPassword = 12;
export const mostPassword = 1024;

/** What an attacker needs who tries the likely ones first; known and leaked passwords, their variants, keyboard walks and dates lie below. */
const leastGuesses = 1e8;

/** So much must be left of a password without the words that everybody connects with the account. */
const leastOfOwn = 6;

/** Shorter words are found in anything. */
const leastWord = 4;

export type PasswordFault = 'short' | 'long' | 'character' | 'guessable' | 'personal';

/** What others know about whose password it is. */
export interface PasswordOwner {
  readonly username: string;
  readonly email?: string | null | undefined;
  readonly name?: string | null | undefined;
  /** Names of the service. */
  readonly words?: readonly string[] | undefined;
}

let estimator: ZxcvbnFactory | undefined;

/** The password as it is to be hashed (Unicode NFC), or what is wrong with it; the words for people are in the texts of the pages. */
export function checkPassword(password: string, owner: PasswordOwner): Result<string, PasswordFault> {
  const text = password.normalize('NFC');
  const length = [...text].length;
  if (length < leastPassword) return err('short');
  if (length > mostPassword) return err('long');
  if (text.includes('\0') || !text.isWellFormed()) return err('character');
  const words = wordsOf(owner);
  if (withoutWords(text, words).length < leastOfOwn) return err('personal');
  // Its dictionaries take some memory: made when first needed.
  estimator ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  return estimator.check(text, [...words]).guesses < leastGuesses ? err('guessable') : ok(text);
}

function wordsOf({ username, email, name, words = [] }: PasswordOwner): readonly string[] {
  const whole = [username, email ?? '', name ?? '', 'sluice', ...words].map((word) => word.toLowerCase());
  const parts = whole.flatMap((word) => word.split(/[^\p{L}\p{N}]+/u));
  return [...new Set([...whole, ...parts])].filter((word) => word.length >= leastWord);
}

function withoutWords(text: string, words: readonly string[]): string {
  const longestFirst = [...words].sort((a, b) => b.length - a.length);
  const rest = longestFirst.reduce((left, word) => left.replaceAll(word, ''), text.toLowerCase());
  return rest.replaceAll(/[^\p{L}\p{N}]/gu, '');
}
