/** Connections by `node:tls`, datagrams by `node:dgram`. */
import { networkInterfaces } from 'node:os'

import type { Net } from '../effects/net.ts'
import { directedBroadcast } from './broadcast.ts'
import { openDatagrams } from './datagrams.ts'
import { connect, connectAsStranger } from './tls-dial.ts'
import { listen } from './tls-listen.ts'

export function makeNet(): Net {
  return { listen, connect, connectAsStranger, datagrams: openDatagrams, broadcastAddresses }
}

function broadcastAddresses(): readonly string[] {
  const addresses = new Set<string>()
  for (const cards of Object.values(networkInterfaces())) {
    for (const card of cards ?? []) {
      if (card.family === 'IPv4') addresses.add(directedBroadcast(card.address, card.netmask))
    }
  }
  return [...addresses]
}
