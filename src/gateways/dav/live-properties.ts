/** Properties that anillo itself knows of an entry (RFC 4918, 15; RFC 4331; Apache, Microsoft). */
import { instant } from '../../base/instant.ts'
import { covers } from '../../services/files/locks/coverage.ts'
import type { PathLock } from '../../services/files/locks/types.ts'
import type { Entry, Usage } from '../../services/files/types.ts'
import { FILE_TIME_MAX_MS } from '../../wire/file-times.ts'
import { mediaTypeFor } from '../../wire/media-types.ts'
import { hrefOf } from './hrefs.ts'
import { lockDiscoveryXml, SUPPORTED_LOCKS } from './lock-xml.ts'
import { DAV, escaped, type XmlName } from './xml.ts'

const APACHE = 'http://apache.org/dav/props/'
export const MICROSOFT = 'urn:schemas-microsoft-com:'

/** Of one entry, with what else it takes to tell of it. */
export interface Told {
  readonly entry: Entry
  /** Those that cover it are picked from them. */
  readonly locks: readonly PathLock[]
  /** Of who asks. */
  readonly usage: Usage | undefined
  readonly nowMs: number
}

/** The content of the element; `undefined`: this entry has no such property. */
type Tell = (told: Told) => string | undefined

interface LiveProperty extends XmlName {
  readonly tell: Tell
  /** Also where nobody names it. */
  readonly isOfAll: boolean
}

function live(local: string, tell: Tell, isOfAll = true, namespace = DAV): LiveProperty {
  return { namespace, local, tell, isOfAll }
}

const EXECUTABLE_BITS = 0o111

export const LIVE_PROPERTIES: readonly LiveProperty[] = [
  live('creationdate', ({ entry }) => instant(entry.createdMs)),
  live('displayname', ({ entry }) => escaped(entry.name === '' ? 'anillo' : entry.name)),
  live('getcontentlength', ({ entry }) => ofFile(entry, String(entry.bytes))),
  live('getcontenttype', ({ entry }) => ofFile(entry, escaped(mediaTypeFor(entry.name)))),
  live('getetag', ({ entry }) => escaped(`"${entry.etag}"`)),
  live('getlastmodified', ({ entry }) => new Date(entry.modifiedMs).toUTCString()),
  live('resourcetype', ({ entry }) => (entry.kind === 'folder' ? '<D:collection/>' : '')),
  live('supportedlock', () => SUPPORTED_LOCKS),
  live('lockdiscovery', ({ entry, locks, nowMs }) => {
    const held = locks.filter((lock) => covers(lock, entry.path.normalize('NFC')))
    return lockDiscoveryXml(held, nowMs)
  }),
  live(
    'quota-used-bytes',
    ({ entry, usage }) => ofFolder(entry, usage && String(usage.bytes)),
    false,
  ),
  live('quota-available-bytes', ({ entry, usage }) => ofFolder(entry, availableIn(usage)), false),
  live('executable', executableOf, true, APACHE),
  live('iscollection', ({ entry }) => (entry.kind === 'folder' ? '1' : '0'), false),
  live('ishidden', ({ entry }) => (entry.name.startsWith('.') ? '1' : '0'), false),
  live(
    'Win32CreationTime',
    ({ entry }) => new Date(entry.createdMs).toUTCString(),
    false,
    MICROSOFT,
  ),
  live(
    'Win32LastModifiedTime',
    ({ entry }) => new Date(entry.modifiedMs).toUTCString(),
    false,
    MICROSOFT,
  ),
]

function executableOf({ entry }: Told): string | undefined {
  return ofFile(entry, (entry.mode & EXECUTABLE_BITS) === 0 ? 'F' : 'T')
}

function ofFile({ kind }: Entry, text: string): string | undefined {
  return kind === 'file' ? text : undefined
}

function ofFolder({ kind }: Entry, text: string | undefined): string | undefined {
  return kind === 'folder' ? text : undefined
}

/** Without a limit there is no such property. */
function availableIn(usage: Usage | undefined): string | undefined {
  if (usage?.bytesMax === undefined) return undefined
  return String(Math.max(0, usage.bytesMax - usage.bytes))
}

export function liveNamed({ local, namespace }: XmlName): LiveProperty | undefined {
  return LIVE_PROPERTIES.find((one) => one.local === local && one.namespace === namespace)
}

/** @param content as `tell` has it */
export function liveXml({ local, namespace }: XmlName, content: string): string {
  if (namespace === DAV) return `<D:${local}>${content}</D:${local}>`
  return `<X:${local} xmlns:X="${escaped(namespace)}">${content}</X:${local}>`
}

export function hrefOfEntry({ kind, path }: Entry): string {
  return hrefOf(path, kind === 'folder')
}

/** What a client may change of an entry by setting a property; `undefined`: nothing. */
export type SetLive = (text: string, entry: Entry) => SetOutcome
export type SetOutcome =
  | { readonly modifiedMs: number }
  | { readonly createdMs: number }
  | { readonly mode: number }
  /** No value of it. */
  | undefined

const SETTABLE: readonly (XmlName & { readonly set: SetLive })[] = [
  { namespace: DAV, local: 'getlastmodified', set: asModified },
  { namespace: DAV, local: 'creationdate', set: asCreated },
  { namespace: MICROSOFT, local: 'Win32LastModifiedTime', set: asModified },
  { namespace: MICROSOFT, local: 'Win32CreationTime', set: asCreated },
  {
    namespace: APACHE,
    local: 'executable',
    set: (text, { mode }) => {
      if (text !== 'T' && text !== 'F') return undefined
      return { mode: text === 'T' ? mode | EXECUTABLE_BITS : mode & ~EXECUTABLE_BITS }
    },
  },
]

export function settable({ local, namespace }: XmlName): SetLive | undefined {
  return SETTABLE.find((one) => one.local === local && one.namespace === namespace)?.set
}

function asModified(text: string): SetOutcome {
  const modifiedMs = timeIn(text)
  return modifiedMs === undefined ? undefined : { modifiedMs }
}

function asCreated(text: string): SetOutcome {
  const createdMs = timeIn(text)
  return createdMs === undefined ? undefined : { createdMs }
}

/** As HTTP or ISO 8601 has it. */
function timeIn(text: string): number | undefined {
  const timeMs = Date.parse(text.trim())
  return timeMs >= 0 && timeMs <= FILE_TIME_MAX_MS ? timeMs : undefined
}
