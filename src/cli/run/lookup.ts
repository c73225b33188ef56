/** What `anillo lookup` does. */
import { isAnilloError } from '../../base/errors.ts'
import { canonicalUrl } from '../../services/scrape/urls/canonical-url.ts'
import type { Lookup } from '../../wire/api.ts'
import type { ExitCode } from '../failure.ts'
import type { Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'
import { countText } from '../table.ts'
import { told } from '../told.ts'

export async function runLookup(io: Io, typed: string, flags: DoorFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const lookup = await client.lookup(keyOf(typed))
  return told(io, flags, { json: lookup, text: lookupLines(lookup) })
}

/**
 * What looks like an address stands for the page, by its one spelling, as `scrape` reads it; a bare
 * word or any other text for itself.
 */
export function keyOf(typed: string): string {
  if (!/[.:/]/.test(typed)) return typed
  try {
    return canonicalUrl(typed)
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    return typed
  }
}

export function lookupLines({ key, owner, hops, position }: Lookup): readonly string[] {
  const way = hops.map(({ name }) => name).join(' → ')
  return [
    `${key} has its place at ${position.slice(0, 16)}…`,
    `${owner.name} (${owner.address}) owns it.`,
    way === '' ? 'The member asked knew it.' : `${countText(hops.length, 'hop')}: ${way}`,
  ]
}
