/**
 * Where the tree stands. A FOLDER has 32 hex digits; a NAME is the first 32 of the SHA-256 of the
 * NFC name: keys stand in clear on disk, values do not.
 *
 *     files        FOLDER  self           its parent, number of entries, whether it is closed
 *                          e/NAME         an entry
 *                          d/FOLDER       NAME of the entry of a folder in it
 *                          v/FILE/NUMBER  a version of a file
 *                          b/FILE/NUMBER  a body of few bytes, of an entry or a version
 *                          p/NAME/NICK    an upload that broke off
 *                          m/MOVE         a move that ends here: carried out, or void
 *                          grants         of the root, which is no entry of any folder
 *     files.moves  all     slot, turn     the move of a folder that is under way; how many there
 * were
 *     files.followed  HANDLE  at          where a followed file is (`follow-procedures.ts`)
 *     files.usage  NICK    sum            bytes and files of an account
 *                          limits         how many it may have; of all under `everybody`
 *                          claim/ID       bytes and files that are promised to an upload
 *     files.due    one pk a partition     what is to be done when (`due-work.ts`)
 *
 * All rows of a folder lie in one partition, so that each change in it is one entry of one log.
 */
import { sha256Hex } from '../../../base/hash.ts'
import type { RecordKey } from '../../../store/partition/procedure.ts'
import { nickKey } from '../../../wire/file-people.ts'
import { USAGE_TABLE } from '../../../wire/held-contents.ts'
import { partitionOf, type PartitionId } from '../../../wire/partition.ts'

export const FILES_TABLE = 'files'
export const MOVES_TABLE = 'files.moves'
export const DUE_TABLE = 'files.due'
/** What changes of a folder write. */
export const FOLDER_TABLES = [FILES_TABLE, DUE_TABLE] as const
export { USAGE_TABLE } from '../../../wire/held-contents.ts'

export const ENTRY_PREFIX = 'e/'

const ID_DIGITS = 32
const NUMBER_DIGITS = 10
const MOVES_PK = 'all'
const EVERYBODY_PK = 'everybody'

export const ROOT = '0'.repeat(ID_DIGITS)
export const HOME = idNamed('home')
export const SHARED = idNamed('shared')

/** Where an account’s removed entries lie; an entry of no folder. */
export function trashOf(nick: string): string {
  return idNamed(`trash/${nick}`)
}

/** An id that every member finds by itself; no id of chance is the same. */
function idNamed(text: string): string {
  return sha256Hex(`anillo.files/${text}`).slice(0, ID_DIGITS)
}

/** By which a name is found: equal names are equal in NFC. */
export function nameKey(name: string): string {
  return sha256Hex(name.normalize('NFC')).slice(0, ID_DIGITS)
}

export function partitionOfFolder(folder: string): PartitionId {
  return partitionOf(FILES_TABLE, folder)
}

export const PARTITION_OF_MOVES = partitionOf(MOVES_TABLE, MOVES_PK)
export const SLOT_KEY: RecordKey = { table: MOVES_TABLE, pk: MOVES_PK, sk: 'slot' }
export const TURN_KEY: RecordKey = { table: MOVES_TABLE, pk: MOVES_PK, sk: 'turn' }
export const ROOT_GRANTS_KEY: RecordKey = { table: FILES_TABLE, pk: ROOT, sk: 'grants' }

export function selfKey(folder: string): RecordKey {
  return { table: FILES_TABLE, pk: folder, sk: 'self' }
}

/** A place in a folder: the folder’s id and the NAME. */
export interface Place {
  readonly folder: string
  readonly key: string
}

export function entryKey({ folder, key }: Place): RecordKey {
  return { table: FILES_TABLE, pk: folder, sk: ENTRY_PREFIX + key }
}

/** By which a folder is found in its parent without its name. */
export function childKey(folder: string, child: string): RecordKey {
  return { table: FILES_TABLE, pk: folder, sk: `d/${child}` }
}

/** One content of a file, present or past. */
export interface Numbered {
  readonly id: string
  readonly number: number
}

/** By which a content knows who holds it, in whatever folder that is. */
export function holderOf({ id, number }: Numbered): string {
  return `${id}/${String(number).padStart(NUMBER_DIGITS, '0')}`
}

export function versionPrefix(id: string): string {
  return `v/${id}/`
}

export function versionKey(folder: string, numbered: Numbered): RecordKey {
  return { table: FILES_TABLE, pk: folder, sk: `v/${holderOf(numbered)}` }
}

export function numberIn(sk: string): number {
  return Number(sk.slice(-NUMBER_DIGITS))
}

export function bodyKey(folder: string, numbered: Numbered): RecordKey {
  return { table: FILES_TABLE, pk: folder, sk: `b/${holderOf(numbered)}` }
}

export function partialKey({ folder, key }: Place, nick: string): RecordKey {
  return { table: FILES_TABLE, pk: folder, sk: `p/${key}/${nickKey(nick)}` }
}

export function moveKey(folder: string, move: string): RecordKey {
  return { table: FILES_TABLE, pk: folder, sk: `m/${move}` }
}

export function usageKey(nick: string): RecordKey {
  return { table: USAGE_TABLE, pk: nickKey(nick), sk: 'sum' }
}

/** Of nobody: what holds for all of whom nothing else is said. */
export function limitsKey(nick: string): RecordKey {
  return { table: USAGE_TABLE, pk: nick === '' ? EVERYBODY_PK : nickKey(nick), sk: 'limits' }
}

export const CLAIM_PREFIX = 'claim/'

export function claimKey(nick: string, id: string): RecordKey {
  return { table: USAGE_TABLE, pk: nickKey(nick), sk: CLAIM_PREFIX + id }
}

/** Of an upload to that place: one that begins anew takes the place of the one before. */
export function claimOf({ folder, key }: Place, nick: string): string {
  return idNamed(`claim/${folder}/${key}/${nick}`)
}
