/**
 * Known members across restarts (`PeerMemory`), in a file. A lost or damaged one only slows the
 * start.
 */
import { Type } from 'typebox'

import { positionOf } from '../base/ids.ts'
import type { Disk } from '../effects/disk.ts'
import type { Log } from '../effects/log.ts'
import type { PeerMemory } from '../overlay/types.ts'
import type { Contact } from '../wire/contact.ts'
import { reader } from '../wire/method.ts'
import { ContactShape } from '../wire/ring.ts'
import { readJson, writeDurably } from './enrolment/durable-files.ts'

const PEER_FILE = 'peers.json'

/** The peer book's bound (`ring/peer-book.ts`), with room to spare. */
const PEERS_READ_MAX = 1_024

const readPeers = reader(
  Type.Object({ peers: Type.Array(ContactShape, { maxItems: PEERS_READ_MAX }) }),
)

/** Whether a member has stood on the ring, by its directory. */
export async function hadPlace(disk: Disk, directory: string): Promise<boolean> {
  return (await disk.list(directory)).some((name) => name === PEER_FILE)
}

export function peerFile(disk: Disk, log: Log): PeerMemory {
  let written = ''
  let last = Promise.resolve()
  const replace = async (text: string): Promise<void> => {
    if (text === written) return
    try {
      await writeDurably(disk, PEER_FILE, text)
      written = text
    } catch (thrown) {
      log.warn('peer file not written', { thrown })
    }
  }
  return {
    async read() {
      const json = await readJson(disk, PEER_FILE).catch(() => ({ peers: [] }))
      if (json === undefined) return undefined
      const peers = readPeers(json)?.peers ?? []
      return peers.filter((peer) => peer.position === positionOf(peer.address))
    },
    write(peers: readonly Contact[]) {
      // One at a time: the file is made beside the old one, under one name.
      last = last.then(() => replace(JSON.stringify({ peers }, undefined, 1)))
      return last
    },
  }
}
