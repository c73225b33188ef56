/** An export that broke off, made anew up to where it was. */
import { AnilloError } from '../../../base/errors.ts'
import { Sha256 } from '../../../base/hash.ts'

export interface ResumePoint {
  /** So many bytes are there, at least one. */
  readonly from: number
  /** Hex, of them. */
  readonly sha256: string
}

/**
 * What stands behind the point. Takes as long as making all before it.
 * @throws AnilloError EXPORT_CHANGED where it does not begin so
 */
export async function resumedAt(
  bytes: AsyncGenerator<Uint8Array>,
  { from, sha256 }: ResumePoint,
): Promise<AsyncGenerator<Uint8Array>> {
  const hash = new Sha256()
  let passed = 0
  for (;;) {
    const step = await bytes.next()
    if (step.done === true) break
    const part = step.value.subarray(0, from - passed)
    hash.update(part)
    passed += part.length
    if (passed < from) continue
    if (hash.digestHex() !== sha256) break
    return following(step.value.slice(part.length), bytes)
  }
  await bytes.return(undefined)
  throw new AnilloError('EXPORT_CHANGED')
}

async function* following(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first
  yield* rest
}
