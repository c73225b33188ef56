/**
 * What people call the members that this one has heard of. Bounded; the longest unused go first.
 */
import type { MemberId } from '../base/ids.ts'
import type { MemberRef } from '../wire/api.ts'
import type { Contact } from '../wire/contact.ts'

/** More than a ring of anillo's size has members; 100 bytes each. */
const NAMES_MAX = 4_096

export type Ref = MemberRef & Contact

export class Names {
  readonly #names = new Map<string, string>()

  learn(id: MemberId, name: string): void {
    this.#names.delete(id)
    this.#names.set(id, name)
    const oldest = this.#names.keys().next()
    if (this.#names.size > NAMES_MAX && !oldest.done) this.#names.delete(oldest.value)
  }

  knows(id: MemberId): boolean {
    return this.#names.has(id)
  }

  /**
   * The same member by the name known here, where the one who told of it had not learned it yet.
   */
  renamed(ref: MemberRef): MemberRef {
    return { ...ref, name: this.#names.get(ref.id) ?? ref.name }
  }

  /** With its address for a name until it told its own. */
  ref(contact: Contact): Ref {
    return { ...contact, name: this.#names.get(contact.id) ?? contact.address }
  }
}
