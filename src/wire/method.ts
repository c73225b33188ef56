/** What one member may ask of another: a name and the shapes of question and answer. */
import type { Static, TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'

export interface Method<Q = unknown, A = unknown> {
  /** `subject.verb`, e.g. `ring.neighbours`. */
  readonly name: string
  /** `unary`: one answer. `stream`: answers of this shape until the end. */
  readonly kind: 'unary' | 'stream'
  /** `undefined` when the value is not of the shape. */
  readonly readQuestion: (value: unknown) => Q | undefined
  readonly readAnswer: (value: unknown) => A | undefined
  readonly timeoutMs: number
  /**
   * Asking twice does what asking once does, so that a lost answer may be asked for again,
   * at another address too.
   */
  readonly idempotent: boolean
}

/** What one member may tell another without being answered; it may get lost. */
export interface Notice<T> {
  /** `subject.verb`; no method has the same. */
  readonly name: string
  /** `undefined` when the value is not of the shape. */
  readonly read: (value: unknown) => T | undefined
  /** Bytes of its own making; where absent the message goes as it is. */
  readonly write?: (message: T) => Uint8Array
}

export interface MethodShape<Q extends TSchema, A extends TSchema> {
  readonly name: string
  readonly kind?: 'unary' | 'stream'
  readonly question: Q
  readonly answer: A
  readonly timeoutMs: number
  readonly idempotent: boolean
}

export function defineMethod<Q extends TSchema, A extends TSchema>(
  shape: MethodShape<Q, A>,
): Method<Static<Q>, Static<A>> {
  return {
    name: shape.name,
    kind: shape.kind ?? 'unary',
    readQuestion: reader(shape.question),
    readAnswer: reader(shape.answer),
    timeoutMs: shape.timeoutMs,
    idempotent: shape.idempotent,
  }
}

/**
 * Checks a value from outside against a shape; `undefined` when it is not of it. Compiles at first
 * use: a member starts with dozens of shapes and uses few of them at once.
 */
export function reader<S extends TSchema>(schema: S): (value: unknown) => Static<S> | undefined {
  let validator: Validator | undefined
  return (value) => {
    validator ??= Compile(schema)
    return validator.Check(value) ? (value as Static<S>) : undefined
  }
}
