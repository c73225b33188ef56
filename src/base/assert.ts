/**
 * Three kinds of wrong, kept apart: a bug is an `assert` and ends the process; what a protocol
 * expects is a value of a union; what the world did is an `AnilloError` with a code (errors.ts).
 */

/**
 * Thrown for a bug in anillo itself. Never caught to carry on: the state can no longer be trusted.
 */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/** Stays on in production: a wrong member must stop before it tells others. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** The value, which cannot be absent unless there is a bug; `what` names it in the message. */
export function present<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new AssertionError(`${what} is absent`)
  return value
}

/** Ends a switch over a union: a forgotten case does not compile. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`)
}
