/** How dweets are told: in colour, with addresses that the door serves. */
import type { AnilloClient } from '../../client/client.ts'
import type { LinesHow } from '../dweet-lines.ts'
import type { Io } from '../io.ts'
import { paintFor } from '../paint.ts'

export function linesHow(io: Io, { doors }: Pick<AnilloClient, 'doors'>): LinesHow {
  const [door] = doors
  return { paint: paintFor(io, io.out), ...(door === undefined ? {} : { door }) }
}
