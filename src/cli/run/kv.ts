/** What `anillo kv` does. */
import { utf8 } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import { sizeText } from '../../base/size-text.ts'
import type { RecordHome, RecordName } from '../../client/records.ts'
import { VALUE_BYTES_MAX } from '../../wire/record-limits.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { paintFor } from '../paint.ts'
import { reachRing } from '../reach.ts'

export type GetFlags = DoorFlags

export interface PutFlags extends DoorFlags {
  readonly ifAbsent?: true
  readonly ifMatch?: string
  readonly ttl?: number
}

export interface DeleteFlags extends DoorFlags {
  readonly ifMatch?: string
}

export interface ListFlags extends DoorFlags {
  readonly prefix?: string
  readonly start?: string
  readonly end?: string
  readonly reverse?: true
}

export async function runGet(io: Io, name: RecordName, flags: GetFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const record = await client.records.get(name)
  if (record === undefined) throw new AnilloError('NOT_FOUND', { what: 'record of this name' })
  const { etag, expiresAt, value } = record
  if (flags.json) {
    const expiry = expiresAt === undefined ? {} : { expiresAt }
    jsonLine(io, { ...name, etag, value: Buffer.from(value).toString('base64'), ...expiry })
    return EXIT.done
  }
  await io.out.writeBytes(value)
  // On a terminal the prompt would stand behind the value; in a file the value stays as it is.
  if (io.out.isTerminal && value.at(-1) !== NEW_LINE) io.out.write('\n')
  return EXIT.done
}

const NEW_LINE = 0x0a

export async function runPut(
  io: Io,
  put: { readonly name: RecordName; readonly value: string | undefined },
  flags: PutFlags,
): Promise<ExitCode> {
  const { name, value } = put
  const isNamed = value !== undefined && value !== '-'
  const bytes = isNamed ? utf8(value) : await io.readInput(valueWanted(name), VALUE_BYTES_MAX)
  const client = await reachRing(io, flags)
  const { ifAbsent, ifMatch, ttl } = flags
  const { etag, isNew } = await client.records.put(name, bytes, {
    ...(ifAbsent === undefined ? {} : { ifAbsent }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ttl === undefined ? {} : { ttl }),
  })
  if (flags.json) jsonLine(io, { ...name, etag, isNew })
  else line(io.err, `${isNew ? 'made' : 'replaced'}: ${sizeText(bytes.length)}, ETag ${etag}`)
  return EXIT.done
}

/** A word too few on the line is what brings most people here. */
function valueWanted({ pk, sk, table }: RecordName): string {
  return `the value of “${sk}” in ${table} ${pk}`
}

export async function runDelete(io: Io, name: RecordName, flags: DeleteFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { ifMatch } = flags
  await client.records.delete(name, ifMatch === undefined ? {} : { ifMatch })
  if (flags.json) jsonLine(io, name)
  else line(io.err, 'deleted')
  return EXIT.done
}

export async function runList(io: Io, home: RecordHome, flags: ListFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { end, prefix, reverse, start } = flags
  const question = {
    ...(end === undefined ? {} : { end }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(reverse === undefined ? {} : { reverse }),
    ...(start === undefined ? {} : { start }),
  }
  const paint = paintFor(io, io.out)
  let count = 0
  for await (const item of client.records.all(home, question)) {
    count++
    if (flags.json) {
      jsonLine(io, { ...home, ...item })
      continue
    }
    const size = sizeText(Buffer.from(item.value, 'base64').length)
    line(io.out, `${item.sk}  ${paint('dim', `${size}  ${item.etag}`)}`)
  }
  if (count === 0) line(io.err, 'no record here')
  return EXIT.done
}
