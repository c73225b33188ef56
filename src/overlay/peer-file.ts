/** Known members across restarts: written when they changed, read at the start. A lost file only slows the start. */
import { tryText, utf8 } from '../base/bytes.ts'
import { positionOf } from '../base/ids.ts'
import type { Disk } from '../effects/disk.ts'
import type { Contact } from '../wire/contact.ts'
import { ContactShape } from '../wire/ring.ts'
import { reader } from '../wire/method.ts'
import { Type } from 'typebox'

const PEER_FILE = 'peers.json'

/** The peer book's bound (`ring/peer-book.ts`), with room for a later, larger one. */
const PEERS_READ_MAX = 1_024

const readPeers = reader(Type.Object({ peers: Type.Array(ContactShape, { maxItems: PEERS_READ_MAX }) }))

export class PeerFile {
  readonly #disk: Disk
  #written = ''

  constructor(disk: Disk) {
    this.#disk = disk
  }

  /** Contacts whose position is that of their address; a damaged or foreign file is none. */
  async read(): Promise<readonly Contact[]> {
    const bytes = await this.#disk.read(PEER_FILE)
    const text = bytes === undefined ? undefined : tryText(bytes)
    if (text === undefined) return []
    try {
      const peers = readPeers(JSON.parse(text))?.peers ?? []
      return peers.filter((peer) => peer.position === positionOf(peer.address))
    } catch {
      return []
    }
  }

  /** Replaces the file when the peers are others than those written last. */
  async write(peers: readonly Contact[]): Promise<void> {
    const text = JSON.stringify({ peers }, undefined, 1)
    if (text === this.#written) return
    this.#written = text
    const temporary = `${PEER_FILE}.tmp`
    await this.#disk.remove(temporary)
    const file = await this.#disk.open(temporary, 'create')
    await file.write(0, utf8(text))
    await file.sync()
    await file.close()
    await this.#disk.rename(temporary, PEER_FILE)
    await this.#disk.syncDirectory('')
  }
}
