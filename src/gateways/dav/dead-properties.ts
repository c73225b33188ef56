/**
 * Properties that clients keep with an entry and that mean nothing here (RFC 4918, 4): how they
 * stand in `Entry.properties`. Pure.
 */
import { Type } from 'typebox'

import { reader } from '../../wire/method.ts'
import { pack, unpack } from '../../wire/packed.ts'
import { PROPERTIES_MAX } from './limits.ts'
import type { XmlName } from './xml.ts'

export interface DeadProperty extends XmlName {
  /** The whole element, with all that it needs to stand by itself. */
  readonly source: string
}

const Text = Type.String()
const Kept = Type.Array(Type.Object({ namespace: Text, local: Text, source: Text }), {
  maxItems: PROPERTIES_MAX,
})
const readKept = reader(Kept)

/** What another door would have written there counts as nothing. */
export function readDead(properties: Uint8Array | undefined): readonly DeadProperty[] {
  if (properties === undefined) return []
  const unpacked = unpack({ source: properties, start: 0, end: properties.length })
  return (unpacked.kind === 'value' ? readKept(unpacked.value) : undefined) ?? []
}

/** Empty: none. */
export function packDead(kept: readonly DeadProperty[]): Uint8Array {
  if (kept.length === 0) return new Uint8Array()
  const rows = kept.map(({ local, namespace, source }) => ({ namespace, local, source }))
  return new Uint8Array(pack(rows))
}

export function sameName(one: XmlName, other: XmlName): boolean {
  return one.local === other.local && one.namespace === other.namespace
}
