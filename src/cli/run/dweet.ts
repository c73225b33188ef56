/** What `anillo dweet` does with one dweet, or with somebody. */

import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { KIB } from '../../base/limits.ts'
import type { AnilloClient } from '../../client/client.ts'
import type { Dweets } from '../../client/dweets.ts'
import type { DweetPerson, NewAttachment, NewDweet, Publication } from '../../wire/api-dweets.ts'
import { ATTACHMENTS_MAX } from '../../wire/dweet-limits.ts'
import { dweetLines, personText, publicationLines } from '../dweet-lines.ts'
import type { ExitCode } from '../failure.ts'
import { fitted } from '../fitted.ts'
import type { Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'
import { sendAttachment } from '../sent-attachment.ts'
import { told } from '../told.ts'
import { linesHow } from './dweet-telling.ts'

/** Far above any dweet, which is told how long it is. */
const INPUT_BYTES_MAX = 16 * KIB

export interface PostFlags extends DoorFlags {
  readonly warning?: string
  readonly followers?: true
  /** Files of this machine. */
  readonly attach?: readonly string[]
  readonly preview: boolean
  /** Of the ring's tree. */
  readonly attachFrom?: readonly string[]
  /** Of these, in their order. */
  readonly alt?: readonly string[]
}

export interface EditFlags extends DoorFlags {
  readonly warning?: string
  readonly alt?: readonly string[]
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
  const attached = plannedOf(flags)
  const client = await reachRing(io, flags)
  const { dweets } = client
  const attachments = await sentAll(dweets, attached)
  const dweet: NewDweet = {
    text: await textOf(io, text),
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(warning === undefined ? {} : { warning }),
    ...(followers === true ? { visibility: 'followers' } : {}),
    ...(flags.preview ? {} : { preview: false }),
  }
  const published = await dweets.publish(dweet)
  return told(io, flags, { json: published, text: linesOf(io, client, published) })
}

interface Planned {
  readonly path: string
  readonly isLocal: boolean
  readonly said: { readonly description?: string }
}

/** @throws AnilloError USAGE, ATTACHMENTS_TOO_MANY */
function plannedOf({ alt = [], attach = [], attachFrom = [] }: PostFlags): readonly Planned[] {
  const paths = [
    ...attach.map((path) => ({ path, isLocal: true })),
    ...attachFrom.map((path) => ({ path, isLocal: false })),
  ]
  if (paths.length > ATTACHMENTS_MAX) {
    throw new AnilloError('ATTACHMENTS_TOO_MANY', { max: ATTACHMENTS_MAX })
  }
  if (alt.length > paths.length) {
    throw new AnilloError('USAGE', { problem: 'Each --alt says what one attachment shows.' })
  }
  return paths.map((one, at) => {
    const description = alt[at]
    return { ...one, said: description === undefined ? {} : { description } }
  })
}

async function sentAll(dweets: Dweets, planned: readonly Planned[]): Promise<NewAttachment[]> {
  const sent: NewAttachment[] = []
  for (const { isLocal, path, said } of planned) {
    if (isLocal) sent.push({ id: (await sendAttachment(dweets, path, said)).id })
    else sent.push({ path, ...said })
  }
  return sent
}

/** `-`: standard input, without the line end that programs write behind it. */
async function textOf(io: Io, typed: string): Promise<string> {
  if (typed !== '-') return typed
  const bytes = await io.readInput('the text of the dweet', INPUT_BYTES_MAX)
  return new TextDecoder().decode(bytes).replace(/\r?\n$/, '')
}

/** With what it answers above, and its answers below. */
export async function runShow(io: Io, id: string, flags: DoorFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { dweets } = client
  const thread = await dweets.thread(id)
  const how = openHow(io, client)
  const text = [
    ...thread.above.flatMap((one) =>
      one === null ? ['(a dweet that is gone, or not for you)'] : dweetLines(one, how),
    ),
    ...dweetLines(thread.dweet, how),
    ...thread.below.flatMap((one) => dweetLines(one, how)),
  ]
  return told(io, flags, { json: thread, text: fitted(io.out, text) })
}

export async function runEdit(
  io: Io,
  { id, text }: { readonly id: string; readonly text: string | undefined },
  flags: EditFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { dweets } = client
  const { alt = [], warning } = flags
  if (text === undefined && warning === undefined && alt.length === 0) {
    throw new AnilloError('USAGE', { problem: 'Give another text, --warning, or --alt.' })
  }
  const change = {
    ...(text === undefined ? {} : { text: await textOf(io, text) }),
    ...(warning === undefined ? {} : { warning }),
    ...(alt.length === 0 ? {} : { attachments: await saidOf(dweets, id, alt) }),
  }
  const dweet = await dweets.edit(id, change)
  return told(io, flags, { json: dweet, text: linesOf(io, client, dweet) })
}

/** Of what is shown with it, in their order. @throws AnilloError USAGE */
async function saidOf(dweets: Dweets, id: string, alt: readonly string[]) {
  const { attachments = [] } = await dweets.dweet(id)
  if (alt.length > attachments.length) {
    throw new AnilloError('USAGE', { problem: 'Each --alt says what one attachment shows.' })
  }
  const said = attachments.slice(0, alt.length)
  return said.map(({ id: file }, at) => ({ id: file, description: alt[at] ?? '' }))
}

export async function runDelete(io: Io, id: string, flags: DoorFlags): Promise<ExitCode> {
  const { dweets } = await reachRing(io, flags)
  // Deleting what is not there is done, too; whoever mistyped an id is to hear of it.
  const seen = await dweets.dweet(id).catch(goneOnly)
  // Also what one does not see: a redweet whose original is gone, of who blocked a moderator.
  await dweets.remove(id)
  if (seen === undefined) throw new AnilloError('DWEET_GONE')
  return told(io, flags, { json: { deleted: id }, text: `${id} is deleted` })
}

function goneOnly(thrown: unknown): undefined {
  if (!isAnilloError(thrown, 'DWEET_GONE')) throw thrown
}

export async function runRedweet(io: Io, id: string, flags: UndoFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { dweets } = client
  if (flags.undo === true) {
    await dweets.unredweet(id)
    return told(io, flags, { json: { undone: id }, text: `the redweet of ${id} is taken back` })
  }
  const redweet = await dweets.redweet(id)
  return told(io, flags, { json: redweet, text: linesOf(io, client, redweet) })
}

export async function runLike(io: Io, id: string, flags: UndoFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { dweets } = client
  const dweet = await dweets.like(id, flags.undo !== true)
  return told(io, flags, { json: dweet, text: linesOf(io, client, dweet) })
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

function linesOf(io: Io, client: AnilloClient, one: Publication): readonly string[] {
  return fitted(io.out, publicationLines(one, openHow(io, client)))
}

function openHow(io: Io, client: AnilloClient) {
  return { ...linesHow(io, client), isOpen: true }
}
