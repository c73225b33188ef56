/**
 * `PROPFIND` (RFC 4918, 9.1): of an entry, or of a folder and what is in it, sent as it is read.
 */
import { AnilloError } from '../../base/errors.ts'
import { scopeOf } from '../../services/files/locks/coverage.ts'
import type { PathLock } from '../../services/files/locks/types.ts'
import type { Entry, EntryPage, Usage } from '../../services/files/types.ts'
import {
  MULTISTATUS_BEGIN,
  MULTISTATUS_END,
  named,
  refusal,
  responseXml,
  saidXml,
  type PropertyStatus,
  type Said,
} from './answers.ts'
import { readDead, sameName } from './dead-properties.ts'
import type { Exchange } from './exchange.ts'
import { PAGE_ENTRIES, PROPERTIES_MAX } from './limits.ts'
import { hrefOfEntry, LIVE_PROPERTIES, liveNamed, liveXml, type Told } from './live-properties.ts'
import { xmlIn } from './parts.ts'
import { depthIn } from './request-headers.ts'
import { childNamed, isNamed, type Element, type XmlName } from './xml.ts'

/** Which properties are asked for. */
export type Wanted =
  | { readonly kind: 'names' }
  /** All that are told of unasked, and these. */
  | { readonly kind: 'all'; readonly include: readonly XmlName[] }
  | { readonly kind: 'some'; readonly names: readonly XmlName[] }

export async function propfind(exchange: Exchange): Promise<Said> {
  const { ask, parts, path } = exchange
  const { signal, who } = ask
  // Clients that leave it out mean a list, or what this is: sabre/dav answers them so, too.
  const depth = ask.headers['depth'] === undefined ? '1' : depthIn(ask.headers)
  const body = await xmlIn(ask)
  const wanted: Wanted = body === undefined ? { kind: 'all', include: [] } : wantedIn(body)
  const entry = await parts.files.stat(who, path, { signal })
  if (depth === 'infinity' && entry.kind === 'folder') {
    const error = new AnilloError('FORBIDDEN', { problem: 'Depth must be 0 or 1' })
    return refusal(error, { precondition: { name: 'propfind-finite-depth' } })
  }
  const isList = depth === '1' && entry.kind === 'folder'
  const first = isList
    ? await parts.files.list(who, path, { signal, limit: PAGE_ENTRIES })
    : { entries: [], cursor: undefined }
  const telling = await tellingOf(exchange, wanted)
  return saidXml(207, responses(exchange, { entry, first, telling }))
}

interface Telling {
  readonly wanted: Wanted
  readonly usage: Usage | undefined
  readonly locksOf: (entry: Entry) => Promise<readonly PathLock[]>
}

async function* responses(
  { ask, parts, path }: Exchange,
  { entry, first, telling }: { entry: Entry; first: EntryPage; telling: Telling },
): AsyncGenerator<string> {
  const nowMs = parts.clock.wallMs()
  const told = async (one: Entry): Promise<string> => {
    const all = { entry: one, locks: await telling.locksOf(one), usage: telling.usage, nowMs }
    return responseXml(hrefOfEntry(one), statusesOf(all, telling.wanted))
  }
  yield MULTISTATUS_BEGIN + (await told(entry))
  let page = first
  for (;;) {
    let text = ''
    for (const one of page.entries) text += await told(one)
    if (text !== '') yield text
    const { cursor } = page
    if (cursor === undefined) break
    const more = { signal: ask.signal, limit: PAGE_ENTRIES, cursor }
    page = await parts.files.list(ask.who, path, more)
  }
  yield MULTISTATUS_END
}

/** What is asked for is read once for all entries, and not at all where nobody asks for it. */
async function tellingOf({ ask, parts, path }: Exchange, wanted: Wanted): Promise<Telling> {
  const { signal, who } = ask
  const asked = wanted.kind === 'some' ? wanted.names : wanted.kind === 'all' ? wanted.include : []
  const isAll = wanted.kind === 'all'
  const hasQuota = asked.some(({ local }) => local.startsWith('quota-'))
  const usage = hasQuota ? await parts.files.usage(who, { signal }) : undefined
  const hasLocks = isAll || asked.some((name) => isNamed(name, 'lockdiscovery'))
  if (!hasLocks) return { wanted, usage, locksOf: async () => [] }
  // What is in the root or in /home is locked each by itself.
  if (scopeOf(path) === undefined) {
    return { wanted, usage, locksOf: (entry) => parts.locks.at(entry.path, { signal }) }
  }
  const locks = await parts.locks.at(path, { signal })
  return { wanted, usage, locksOf: async () => locks }
}

function statusesOf(told: Told, wanted: Wanted): readonly PropertyStatus[] {
  const dead = readDead(told.entry.properties)
  if (wanted.kind === 'names') {
    const live = LIVE_PROPERTIES.filter(({ tell }) => tell(told) !== undefined)
    return [{ status: 200, properties: named([...live, ...dead]) }]
  }
  if (wanted.kind === 'all') {
    const live = LIVE_PROPERTIES.filter(({ isOfAll }) => isOfAll)
    const more = wanted.include.filter((name) => !live.some((one) => sameName(one, name)))
    const deadToo = dead.filter((one) => !more.some((name) => sameName(one, name)))
    const [found = NO_STATUS] = statusesOf(told, { kind: 'some', names: [...live, ...deadToo] })
    const [moreFound = NO_STATUS] = statusesOf(told, { kind: 'some', names: more })
    return [{ status: 200, properties: [...found.properties, ...moreFound.properties] }]
  }
  const found: string[] = []
  const missing: XmlName[] = []
  for (const name of wanted.names) {
    const live = liveNamed(name)
    const content = live?.tell(told)
    const kept = live === undefined ? dead.find((one) => sameName(one, name)) : undefined
    if (content !== undefined) found.push(liveXml(name, content))
    else if (kept !== undefined) found.push(kept.source)
    else missing.push(name)
  }
  return [
    { status: 200, properties: found },
    { status: 404, properties: named(missing) },
  ]
}

const NO_STATUS: PropertyStatus = { status: 200, properties: [] }

/** @throws AnilloError BAD_REQUEST */
export function wantedIn(root: Element): Wanted {
  if (!isNamed(root, 'propfind')) throw bad('a PROPFIND has an element “propfind” in “DAV:”')
  const names = childNamed(root, 'prop')?.children
  const isAll = childNamed(root, 'allprop') !== undefined
  const isNames = childNamed(root, 'propname') !== undefined
  const kinds = [names !== undefined, isAll, isNames].filter(Boolean).length
  if (kinds !== 1) throw bad('a PROPFIND has one of “prop”, “allprop” and “propname”')
  if (isNames) return { kind: 'names' }
  const some = isAll ? (childNamed(root, 'include')?.children ?? []) : (names ?? [])
  if (some.length > PROPERTIES_MAX) throw bad(`more than ${PROPERTIES_MAX} properties`)
  return isAll ? { kind: 'all', include: some } : { kind: 'some', names: some }
}

function bad(problem: string): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem })
}
