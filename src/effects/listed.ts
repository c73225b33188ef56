/** Lists that are answered in parts, each asked for by the cursor that the one before bears. */

export interface ListPart<T> {
  readonly items: readonly T[]
  /** Where the next part begins; absent: this was the last one. */
  readonly cursor?: string | undefined
}

/** To be spread into a question: empty for the first part. */
export interface After {
  readonly cursor?: string
}

/** The items of all parts; the next part is asked for when it is needed. @throws as `part` */
export async function* listed<T>(
  part: (after: After) => Promise<ListPart<T>>,
): AsyncGenerator<T, void, undefined> {
  let after: After | undefined = {}
  while (after !== undefined) {
    const { cursor, items }: ListPart<T> = await part(after)
    yield* items
    after = cursor === undefined ? undefined : { cursor }
  }
}

export async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** Not more than so many, one at least; what comes after is not asked for. */
export async function* first<T>(
  count: number,
  items: AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  let left = count
  for await (const item of items) {
    yield item
    if (--left <= 0) return
  }
}
