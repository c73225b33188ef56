/** What `anillo lookup` does. */
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'

export async function runLookup(io: Io, key: string, flags: DoorFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const lookup = await client.lookup(key)
  if (flags.json) {
    jsonLine(io, lookup)
    return EXIT.done
  }
  const { owner, hops, position } = lookup
  line(io.out, `${owner.name} (${owner.address}) owns ${position.slice(0, 16)}…`)
  const way = hops.map(({ name }) => name).join(' → ')
  line(io.out, way === '' ? 'The member asked knew it.' : `${hops.length} hops: ${way}`)
  return EXIT.done
}
