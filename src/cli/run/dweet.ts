/** What `anillo dweet` does with one dweet, or with somebody. */
import { KIB } from '../../base/limits.ts'
import type { DweetPerson, NewDweet } from '../../wire/api-dweets.ts'
import { dweetLines, personText, publicationLines } from '../dweet-lines.ts'
import type { ExitCode } from '../failure.ts'
import type { Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { paintFor } from '../paint.ts'
import { reachRing } from '../reach.ts'
import { told } from '../told.ts'

/** Far above any dweet, which is told how long it is. */
const INPUT_BYTES_MAX = 16 * KIB

export interface PostFlags extends DoorFlags {
  readonly warning?: string
  readonly followers?: true
}

export interface EditFlags extends DoorFlags {
  readonly warning?: string
}

export interface UndoFlags extends DoorFlags {
  readonly undo?: true
}

export interface FollowFlags extends DoorFlags {
  readonly redweets: boolean
}

export async function runPost(
  io: Io,
  { replyTo, text }: { readonly text: string; readonly replyTo?: string },
  flags: PostFlags,
): Promise<ExitCode> {
  const { followers, warning } = flags
  const { dweets } = await reachRing(io, flags)
  const dweet: NewDweet = {
    text: await textOf(io, text),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(warning === undefined ? {} : { warning }),
    ...(followers === true ? { visibility: 'followers' } : {}),
  }
  const published = await dweets.publish(dweet)
  return told(io, flags, { json: published, text: dweetLines(published, linesHow(io)) })
}

/** `-`: standard input, without the line end that programs write behind it. */
async function textOf(io: Io, typed: string): Promise<string> {
  if (typed !== '-') return typed
  const bytes = await io.readInput(INPUT_BYTES_MAX)
  return new TextDecoder().decode(bytes).replace(/\r?\n$/, '')
}

/** With what it answers above, and its answers below. */
export async function runShow(io: Io, id: string, flags: DoorFlags): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  const thread = await dweets.thread(id)
  const how = linesHow(io)
  const text = [
    ...thread.above.flatMap((one) =>
      one === null ? ['(a dweet that is gone, or not for you)'] : dweetLines(one, how),
    ),
    ...dweetLines(thread.dweet, how),
    ...thread.below.flatMap((one) => dweetLines(one, how)),
  ]
  return told(io, flags, { json: thread, text })
}

export async function runEdit(
  io: Io,
  { id, text }: { readonly id: string; readonly text: string },
  flags: EditFlags,
): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  const { warning } = flags
  const change = { text: await textOf(io, text), ...(warning === undefined ? {} : { warning }) }
  const dweet = await dweets.edit(id, change)
  return told(io, flags, { json: dweet, text: dweetLines(dweet, linesHow(io)) })
}

export async function runDelete(io: Io, id: string, flags: DoorFlags): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  await dweets.remove(id)
  return told(io, flags, { json: { deleted: id }, text: `${id} is deleted` })
}

export async function runRedweet(io: Io, id: string, flags: UndoFlags): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  if (flags.undo === true) {
    await dweets.unredweet(id)
    return told(io, flags, { json: { undone: id }, text: `the redweet of ${id} is taken back` })
  }
  const redweet = await dweets.redweet(id)
  return told(io, flags, { json: redweet, text: publicationLines(redweet, linesHow(io)) })
}

export async function runLike(io: Io, id: string, flags: UndoFlags): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  const dweet = await dweets.like(id, flags.undo !== true)
  return told(io, flags, { json: dweet, text: dweetLines(dweet, linesHow(io)) })
}

export async function runFollow(io: Io, nick: string, flags: FollowFlags): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  const relationship = await dweets.follow(nick, { redweets: flags.redweets })
  return told(io, flags, { json: relationship, text: `you follow ${atText(relationship)}` })
}

export async function runUnfollow(io: Io, nick: string, flags: DoorFlags): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  const relationship = await dweets.unfollow(nick)
  return told(io, flags, { json: relationship, text: `you do not follow ${atText(relationship)}` })
}

function atText({ nick }: Pick<DweetPerson, 'nick'>): string {
  return personText({ nick, name: nick })
}

function linesHow(io: Io) {
  return { paint: paintFor(io, io.out), isOpen: true }
}
