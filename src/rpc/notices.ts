/** Words without an answer, on their way to members that may have to be connected to first. */
import type { MemberId } from '../base/ids.ts'
import { NOTICE_BYTES_WAITING_MAX, NOTICES_WAITING_MAX } from './limits.ts'
import type { Link } from './link.ts'
import type { Pool } from './pool.ts'
import type { MemberTarget } from './types.ts'

interface Waiting {
  readonly notices: { readonly name: string; readonly message: unknown }[]
  bytes: number
}

export class Notices {
  readonly #pool: Pool
  readonly #waiting = new Map<MemberId, Waiting>()

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** @throws AnilloError TOO_LARGE */
  tell(target: MemberTarget, name: string, message: unknown): void {
    const [address] = target.addresses
    if (address === undefined) return
    const waiting = this.#waiting.get(target.id)
    if (waiting !== undefined) {
      keep(waiting, name, message)
      return
    }
    const link = this.#pool.ready(address, target.id)
    if (link !== undefined) {
      link.calls.tell(name, message)
      return
    }
    const first: Waiting = { notices: [], bytes: 0 }
    keep(first, name, message)
    this.#waiting.set(target.id, first)
    void this.#connect(target)
  }

  /** In order, once there is a connection; where there is none they are gone. */
  async #connect(target: MemberTarget): Promise<void> {
    const link = await this.#reach(target)
    const waiting = this.#waiting.get(target.id)
    this.#waiting.delete(target.id)
    if (link === undefined || !link.isUsable) return
    for (const { name, message } of waiting?.notices ?? []) link.calls.tell(name, message)
  }

  async #reach({ addresses, id }: MemberTarget): Promise<Link | undefined> {
    for (const address of addresses) {
      try {
        return await this.#pool.obtain(address, id)
      } catch {
        // The next address, if there is one. Who tells is not told.
      }
    }
    return undefined
  }
}

function keep(waiting: Waiting, name: string, message: unknown): void {
  if (waiting.notices.length >= NOTICES_WAITING_MAX) return
  const own = message instanceof Uint8Array ? new Uint8Array(message) : message
  const bytes = own instanceof Uint8Array ? own.length : 0
  if (waiting.bytes + bytes > NOTICE_BYTES_WAITING_MAX) return
  waiting.bytes += bytes
  waiting.notices.push({ name, message: own })
}
