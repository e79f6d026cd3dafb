/** Exhaustiveness at compile time: a `switch` over a closed union ends here. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}
