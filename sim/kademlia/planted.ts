/** The bugs that the simulation of the open network is held to (planting.ts). */
import { hunterOf, type PlantedBug } from '../planting.ts'

/** Seeds within which each bug must be found. */
export const PLANTED_SEEDS_MAX = 8

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'amplifies',
    description: 'long answers to whoever says that it asked',
    replacements: [
      {
        file: 'src/kademlia/answering.ts',
        find: 'return HEADER_BYTES + this.#found(question, from).length > unprovedRoom(bytes)',
        replace: 'return false',
      },
    ],
  },
  {
    name: 'signature-unchecked',
    description: 'records handed on though their signature does not hold',
    replacements: [
      {
        file: 'src/kademlia/record-union.ts',
        find: 'if (!isSigned(this.#core.options, read)) {',
        replace: 'if (false) {',
      },
    ],
  },
  {
    name: 'forged-kept',
    description: 'records kept though their signature does not hold',
    replacements: [
      {
        file: 'src/kademlia/answering.ts',
        find: 'if (!isOfKind || !isSigned(core.options, read)) {',
        replace: 'if (!isOfKind) {',
      },
    ],
  },
  {
    name: 'expired-told',
    description: 'records told after their end',
    replacements: [
      {
        file: 'src/kademlia/record-union.ts',
        find: 'return leftMs > 0 && leftMs <= RECORD_AHEAD_MS',
        replace: 'return leftMs <= RECORD_AHEAD_MS',
      },
    ],
  },
  {
    name: 'other-key-told',
    description: 'records told under a key that they are not of',
    replacements: [
      {
        file: 'src/kademlia/checked-record.ts',
        find: 'if (record === undefined || record.key !== key.hex) return undefined',
        replace: 'if (record === undefined) return undefined',
      },
    ],
  },
  {
    name: 'one-network-floods',
    description: 'as many records of a key as one network cares to bring',
    replacements: [
      {
        file: 'src/kademlia/held.ts',
        find: 'return ofNetwork.length >= RECORDS_A_NETWORK',
        replace: 'return ofNetwork.length >= RECORDS_A_KEY',
      },
    ],
  },
  {
    name: 'own-element-to-stock',
    description: 'contacts with a fourth element for nodes that know three',
    replacements: [
      {
        file: 'src/wire/kademlia/answers.ts',
        find: 'return packValue(contacts.map(packedContact))',
        replace:
          'return packValue(contacts.map((contact) => packedTold({ contact, isCapable: true })))',
      },
    ],
  },
  {
    name: 'made-up-ids',
    description: 'ids believed without the key that they are the hash of',
    replacements: [
      {
        file: 'src/kademlia/search.ts',
        find: 'if (KeyId.of(sha1(publicKey)).equals(candidate.contact.id)) return true',
        replace: 'if (publicKey.length > 0) return true',
      },
    ],
  },
  {
    name: 'no-diversity',
    description: 'a bucket that the nodes of one network may fill',
    replacements: [
      {
        file: 'src/kademlia/table.ts',
        find: 'if (inBucket >= NETWORK_A_BUCKET) return true',
        replace: 'if (inBucket < 0) return true',
      },
    ],
  },
]

export const huntPlanted = hunterOf('sim/kademlia/hunt.ts', PLANTED_SEEDS_MAX)
