/** What `anillo pages testimony` does. */
import { utf8 } from '../../base/bytes.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { OutFile } from '../out-file.ts'
import { reachRing } from '../reach.ts'
import { pageNamed, shown } from './pages.ts'

export interface TestimonyFlags extends DoorFlags {
  readonly out?: string
  readonly of?: string
}

export async function runPageTestimony(
  io: Io,
  named: string,
  flags: TestimonyFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { id, url } = await pageNamed(client, named)
  const text = await client.testimonies.text(id, flags.of)
  if (flags.out === undefined) {
    io.out.write(text)
    return EXIT.done
  }
  {
    await using file = await OutFile.create(flags.out)
    await file.write(utf8(text))
  }
  if (flags.json) jsonLine(io, { path: flags.out, url })
  else line(io.err, `wrote the testimony of ${shown(url)} to ${flags.out}`)
  return EXIT.done
}
