/** The tree for doors, its bytes held to the rates of the member and of who asks. */
import type { CallOptions } from '../../../store/types.ts'
import { overFiles } from '../over-files.ts'
import type { Limits } from '../tree/quotas.ts'
import type { Files, FileUpload, FileUser, OpenFile } from '../types.ts'
import { PACED_BYTES, type Direction, type Pacer, type PerSecond } from './pacer.ts'

export interface PacedParts {
  readonly pacer: Pacer
  /** As known at this member. */
  readonly limitsOf: (nick: string) => Promise<Limits>
}

interface Whose {
  readonly nick: string
  readonly direction: Direction
  readonly signal: AbortSignal | undefined
}

export function pacedFiles(files: Files, parts: PacedParts): Files {
  return overFiles(files, {
    async open(who, path, options) {
      const file = await files.open(who, path, options)
      return { ...file, read: (range) => pacedRead(parts, file, { range, who, options }) }
    },
    async write(who, path, ask) {
      const upload = await files.write(who, path, ask)
      return pacedUpload(parts, upload, {
        nick: who.nick ?? '',
        direction: 'up',
        signal: ask.signal,
      })
    },
  })
}

/** Guests share one bucket: nobody tells them apart. */
async function* pacedRead(
  parts: PacedParts,
  file: OpenFile,
  {
    options,
    range,
    who,
  }: {
    readonly range: { readonly from: number; readonly to: number }
    readonly who: FileUser
    readonly options: CallOptions | undefined
  },
): AsyncIterable<Uint8Array> {
  const whose = { nick: who.nick ?? '', direction: 'down', signal: options?.signal } as const
  for await (const piece of file.read(range)) {
    const own = await ratesOf(parts, whose.nick)
    if (!parts.pacer.isPaced('down', own)) {
      yield piece
      continue
    }
    for (let at = 0; at < piece.length; at += PACED_BYTES) {
      const part = piece.subarray(at, at + PACED_BYTES)
      await parts.pacer.pass(part.length, { ...whose, own })
      yield part
    }
  }
}

function pacedUpload(parts: PacedParts, upload: FileUpload, whose: Whose): FileUpload {
  return {
    at: upload.at,
    // Whoever sends is let go on when the time for what came is over.
    async push(piece) {
      const { length } = piece
      await upload.push(piece)
      const own = await ratesOf(parts, whose.nick)
      if (parts.pacer.isPaced('up', own)) await parts.pacer.pass(length, { ...whose, own })
    },
    commit: (options) => upload.commit(options),
    leave: () => upload.leave(),
    discard: () => upload.discard(),
  }
}

/** Where the ring cannot tell now, nobody is slowed down for it. */
async function ratesOf({ limitsOf }: PacedParts, nick: string): Promise<PerSecond> {
  try {
    const { downPerSecond, upPerSecond } = await limitsOf(nick)
    return { up: upPerSecond, down: downPerSecond }
  } catch {
    return { up: undefined, down: undefined }
  }
}
