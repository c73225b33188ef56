/** Members of a ring as the store needs them, over calls between members. */
import { AnilloError, isAnilloError } from '../base/errors.ts'
import type { MemberId } from '../base/ids.ts'
import type { MemberTarget, RpcClient, RpcNotices, RpcServer } from '../rpc/types.ts'
import { bundleNotice, halves } from '../wire/bundle-codec.ts'
import type { Method } from '../wire/method.ts'
import type { Bundle } from '../wire/raft.ts'
import type { AskOptions, Peers } from './peers.ts'

export interface RpcPeersOptions {
  readonly rpc: RpcClient & RpcServer & RpcNotices
  /** Where a member can be reached, likeliest first, `host:port` each; none where nobody knows. */
  readonly addressesOf: (member: MemberId) => readonly string[]
}

export class RpcPeers implements Peers {
  readonly #options: RpcPeersOptions

  constructor(options: RpcPeersOptions) {
    this.#options = options
  }

  send(to: MemberId, bundle: Bundle): void {
    const target = this.#targetOf(to)
    if (target === undefined) return
    try {
      this.#options.rpc.tell(target, bundleNotice, bundle)
    } catch (thrown) {
      if (!isAnilloError(thrown, 'TOO_LARGE')) throw thrown
      for (const half of halves(bundle)) this.send(to, half)
    }
  }

  ask<Q, A>(to: MemberId, method: Method<Q, A>, question: Q, options?: AskOptions): Promise<A> {
    const target = this.#targetOf(to)
    if (target !== undefined) return this.#options.rpc.call(target, method, question, options)
    const problem = 'its address is not known'
    return Promise.reject(new AnilloError('RPC_UNREACHABLE', { address: to, problem }))
  }

  onBundle(receive: (from: MemberId, bundle: Bundle) => void): void {
    this.#options.rpc.hear(bundleNotice, (bundle, from) => receive(from, bundle))
  }

  onLost(lost: (member: MemberId) => void): void {
    this.#options.rpc.onLost(lost)
  }

  isLost(member: MemberId): boolean {
    const { addressesOf, rpc } = this.#options
    return rpc.isLost(member, () => addressesOf(member))
  }

  handle<Q, A>(
    method: Method<Q, A>,
    answer: (question: Q, from: MemberId) => Promise<A> | A,
  ): void {
    this.#options.rpc.handle(method, (question, { caller }) => answer(question, caller))
  }

  #targetOf(id: MemberId): MemberTarget | undefined {
    const addresses = this.#options.addressesOf(id)
    return addresses.length === 0 ? undefined : { addresses, id }
  }
}
