/** What `anillo dweet` does with what is one’s own alone: mutes, blocks, bookmarks. */
import { dweetLines, personText } from '../dweet-lines.ts'
import type { ExitCode } from '../failure.ts'
import { fitted } from '../fitted.ts'
import type { Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'
import { told } from '../told.ts'
import { linesHow } from './dweet-telling.ts'
import type { UndoFlags } from './dweet.ts'

export async function runMute(io: Io, nick: string, flags: UndoFlags): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  const now = await dweets.mute(nick, flags.undo !== true)
  const who = personText({ nick: now.nick, name: now.nick })
  return told(io, flags, { json: now, text: `${who} is ${now.muted ? 'muted' : 'not muted'}` })
}

export async function runBlock(io: Io, nick: string, flags: UndoFlags): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  const now = await dweets.block(nick, flags.undo !== true)
  const who = personText({ nick: now.nick, name: now.nick })
  return told(io, flags, {
    json: now,
    text: `${who} is ${now.blocked ? 'blocked' : 'not blocked'}`,
  })
}

export async function runBookmark(io: Io, id: string, flags: UndoFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { dweets } = client
  const dweet = await dweets.bookmark(id, flags.undo !== true)
  const lines = dweetLines(dweet, { ...linesHow(io, client), isOpen: true })
  const done = dweet.mine.bookmarked ? 'kept' : 'not kept any more'
  return told(io, flags, { json: dweet, text: [`${done}:`, ...fitted(io.out, lines)] })
}

export async function runCatchUp(io: Io, flags: DoorFlags): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  await dweets.catchUp()
  return told(io, flags, { json: { seen: true }, text: 'all that there is now counts as seen' })
}
