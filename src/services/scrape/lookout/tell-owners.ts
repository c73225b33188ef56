/**
 * Word for whoever owns a position on the ring. It may get lost, or reach one that owns it no more:
 * the owner looks by itself, later (`lookout.ts`).
 */
import { isAnilloError } from '../../../base/errors.ts'
import type { Position } from '../../../base/ids.ts'
import type { Log } from '../../../effects/log.ts'
import type { OwnerAnswer, Overlay } from '../../../overlay/types.ts'
import type { RpcClient } from '../../../rpc/types.ts'
import type { Method } from '../../../wire/method.ts'

export interface Telling {
  readonly log: Log
  readonly overlay: Pick<Overlay, 'owner'>
  readonly rpc: Pick<RpcClient, 'call'>
}

type Some<T> = readonly [T, ...T[]]

/** Of things of one kind. */
export interface Word<T, Q> {
  readonly positionOf: (thing: T) => Position
  readonly method: Method<Q, null>
  readonly question: (things: Some<T>) => Q
  /** Things of one word. */
  readonly most: number
  /** Where this member itself is the owner. */
  readonly hear: (things: Some<T>) => void
}

/** Each owner is told of what it owns. Waits for nothing. */
export function tellOwners<T, Q>(telling: Telling, things: readonly T[], word: Word<T, Q>): void {
  tellAll(telling, things, word).catch((thrown: unknown) => {
    if (isAnilloError(thrown)) return
    telling.log.error('owners could not be told', { method: word.method.name, error: thrown })
  })
}

async function tellAll<T, Q>(
  { overlay, rpc }: Telling,
  things: readonly T[],
  { hear, method, most, positionOf, question }: Word<T, Q>,
): Promise<void> {
  const words: { readonly to: OwnerAnswer; readonly about: [T, ...T[]] }[] = []
  for (const thing of new Set(things)) {
    const to = await overlay.owner(positionOf(thing))
    const open = words.find((one) => one.to.owner.id === to.owner.id && one.about.length < most)
    if (open === undefined) words.push({ to, about: [thing] })
    else open.about.push(thing)
  }
  await Promise.all(
    words.map(async ({ about, to: { isSelf, owner } }) => {
      if (isSelf) return hear(about)
      const { address, id } = owner
      await rpc.call({ addresses: [address], id }, method, question(about))
    }),
  )
}
