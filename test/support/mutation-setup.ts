/** For the mutation run: the same worlds for every mutant, and no time spent on a smaller counterexample. */
import fc from 'fast-check';

fc.configureGlobal({ seed: 1, endOnFailure: true });
