/** The ring as services see it (`Overlay`), over the running machine. */
import type { Position } from '../base/ids.ts'
import type { Doing } from '../ring/state.ts'
import { isOwn } from '../ring/view.ts'
import type { Contact } from '../wire/contact.ts'
import type { Locator } from './locator.ts'
import type { Names, Ref } from './names.ts'
import type { RingDriver } from './ring-driver.ts'
import type { Overlay, OwnerAnswer, TellDoing } from './types.ts'

export interface RingOverlayOptions {
  readonly self: Ref
  readonly driver: RingDriver
  readonly locator: Locator
  readonly names: Names
  readonly isDown: (contact: Contact) => boolean
  readonly tell: TellDoing
}

export class RingOverlay implements Overlay {
  readonly self: Ref
  readonly #options: RingOverlayOptions
  readonly #watchers = new Set<() => void>()

  constructor(options: RingOverlayOptions) {
    this.self = options.self
    this.#options = options
  }

  get joined(): boolean {
    return this.#options.driver.state.phase === 'joined'
  }

  async owner(position: Position, signal?: AbortSignal): Promise<OwnerAnswer> {
    const { locator, names, tell } = this.#options
    const found = await locator.find(position, signal)
    const owner = names.ref(found.owner)
    const hops = found.hops.map((hop) => names.ref(hop))
    if (hops.length > 0) tell({ kind: 'lookup', other: owner, hops, text: position })
    return { owner, hops, isSelf: found.owner.id === this.self.id }
  }

  owns(position: Position): boolean {
    return isOwn(this.#options.driver.state, position)
  }

  successors(count: number): readonly Ref[] {
    const { driver, isDown, names } = this.#options
    const live = driver.state.successors.filter((contact) => !isDown(contact))
    return live.slice(0, count).map((contact) => names.ref(contact))
  }

  predecessor(): Ref | undefined {
    const { driver, isDown, names } = this.#options
    const { predecessor } = driver.state
    return predecessor === undefined || isDown(predecessor) ? undefined : names.ref(predecessor)
  }

  onNeighbours(changed: () => void): () => void {
    this.#watchers.add(changed)
    return () => this.#watchers.delete(changed)
  }

  /** To be called with each doing of the machine. */
  did(doing: Doing): void {
    if (!CHANGES_NEIGHBOURS.has(doing.kind)) return
    for (const watcher of this.#watchers) watcher()
  }
}

const CHANGES_NEIGHBOURS: ReadonlySet<Doing['kind']> = new Set([
  'joined',
  'resumed',
  'successor',
  'predecessor',
  'stabilised',
  'merged',
])
