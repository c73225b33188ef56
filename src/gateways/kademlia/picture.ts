/** A node as people are shown it. */
import type { KademliaNode } from '../../kademlia/node.ts'
import type { LookupHop } from '../../kademlia/types.ts'
import type { OutsideBucket, OutsideHop, OutsidePicture } from '../../services/share/outside.ts'

export function pictureOf(
  node: KademliaNode,
  at: Pick<OutsidePicture, 'publicKey' | 'host' | 'port'>,
): OutsidePicture {
  const { counts, held, id } = node
  const lookups = node.reports.toReversed().map(({ closest, hops, key, ...report }) => ({
    ...report,
    key: key.hex,
    closest: closest.map((one) => one.hex),
    hops: hops.map(hopOf),
  }))
  return { ...at, id: id.hex, buckets: bucketsOf(node), lookups, held, counts: { ...counts } }
}

function hopOf({ contact, toldBy, ...hop }: LookupHop): OutsideHop {
  const { host, id, port } = contact
  return { ...hop, id: id.hex, host, port, toldBy: toldBy?.hex }
}

function bucketsOf({ table }: KademliaNode): readonly OutsideBucket[] {
  return table.buckets().map(({ entries, replacements, sharedBits }) => ({
    sharedBits,
    replacements: replacements.length,
    contacts: entries.map(({ contact, isCapable, misses, roundTripMs }) => ({
      id: contact.id.hex,
      host: contact.host,
      port: contact.port,
      isCapable,
      roundTripMs: roundTripMs < 0 ? undefined : roundTripMs,
      misses,
    })),
  }))
}
