/** The networks beyond the ring in which a member takes part. */
import type { Effects } from '../../effects/effects.ts'
import type { OutsideNode } from '../../gateways/kademlia/outside-node.ts'
import type { MainlineNode } from '../../gateways/mainline/mainline-node.ts'
import { openMemberMainline, type MemberMainlineOptions } from './member-mainline.ts'
import { openMemberOutside, type MemberOutsideOptions } from './member-outside.ts'

export interface OpenNetworks extends AsyncDisposable {
  readonly outside: OutsideNode
  /** `undefined`: nobody turned it on. */
  readonly mainline: MainlineNode | undefined
}

/** @throws AnilloError PORT_IN_USE, DATA_DAMAGED */
export async function openNetworks(
  effects: Effects,
  options: MemberMainlineOptions & MemberOutsideOptions,
): Promise<OpenNetworks> {
  await using opening = new AsyncDisposableStack()
  const outside = opening.use(await openMemberOutside(effects, options))
  const mainline = opening.use(await openMemberMainline(effects, options))
  const opened = opening.move()
  return { outside, mainline, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}
