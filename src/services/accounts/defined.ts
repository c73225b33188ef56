/** Fields of rows that may be absent. */

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Without what is `undefined`, so that it takes nothing’s place. */
export function defined<T extends object>(fields: T): Defined<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Defined<T>
}
