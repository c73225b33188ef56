/** What somebody wants to have, of what they said: a name, a root, a magnet link, an address. */
import { AnilloError } from '../../../base/errors.ts'
import type { CallOptions } from '../../../store/types.ts'
import type { NewDownload } from '../../../wire/api-shares.ts'
import { SOURCES_MAX } from '../../../wire/share-bounds.ts'
import type { FoundContent, Lookups } from '../lookups.ts'
import type { ShareParts } from '../parts.ts'
import { isRoot, requireShareName, shareNameOr } from '../shares/share-name.ts'
import type { Shares } from '../shares/shares.ts'
import { webAddress } from '../sources/checked-http.ts'
import { headsOf } from '../sources/heads.ts'
import { readMagnet } from '../tree/magnet.ts'
import type { BeginInput } from './download-procedures.ts'

export interface WantedTools {
  readonly parts: Pick<ShareParts, 'effects' | 'sources'>
  readonly shares: Pick<Shares, 'servedAs' | 'servedOf'>
  readonly lookups: Pick<Lookups, 'find'>
}

export type Wanted = Omit<BeginInput, 'id' | 'who' | 'path' | 'isChosenPath'>

/** A content whose name nobody said. */
interface Rooted {
  readonly root: string
  readonly seeds: readonly string[]
  /** Whoever has it may come later: a link says that it is. */
  readonly isPatient: boolean
}

/** Of a content without a name: enough that two are told apart. */
const ROOT_IN_NAME = 16
/** Contents of one name that a refusal lists. */
const CHOICES_TOLD_MAX = 16
/** Asked how they call it. */
const ASKED_FOR_NAME = 4

/**
 * @throws AnilloError BAD_REQUEST, MAGNET_UNFIT, SHARE_NAME_UNFIT, SHARE_UNKNOWN, SHARE_AMBIGUOUS,
 * URL_*
 */
export async function wantedOf(
  tools: WantedTools,
  ask: NewDownload,
  options?: CallOptions,
): Promise<Wanted> {
  if (ask.magnet !== undefined) return ofMagnet(tools, { ...ask, magnet: ask.magnet }, options)
  const { url } = ask
  // What is no address of the web nobody asks, however long it is waited for.
  if (url !== undefined) webAddress(url)
  const isRootTyped = ask.root === undefined && ask.name !== undefined && isRoot(ask.name)
  const root = isRootTyped ? ask.name?.toLowerCase() : ask.root
  const name = isRootTyped ? undefined : ask.name
  const seeds = url === undefined ? [] : [url]
  if (root !== undefined && (name === undefined || url !== undefined)) {
    const found = await ofRoot(tools, { root, seeds, isPatient: false }, options)
    return name === undefined ? found : { ...found, name: requireShareName(name) }
  }
  if (name === undefined) {
    throw new AnilloError('BAD_REQUEST', { problem: 'give a name, a root, or a magnet link' })
  }
  return ofName(tools, { name: requireShareName(name), root, url }, options)
}

async function ofMagnet(
  tools: WantedTools,
  { magnet, name }: { readonly magnet: string; readonly name?: string },
  options: CallOptions | undefined,
): Promise<Wanted> {
  const verdict = readMagnet(magnet)
  if (verdict.kind === 'unfit') throw new AnilloError('MAGNET_UNFIT', { problem: verdict.problem })
  if (verdict.kind === 'magnet') {
    const { bytes, mainline, root, webSeeds, name: told } = verdict.magnet
    const named = requireShareName(name ?? told)
    return { name: named, root, bytes, seeds: [...webSeeds], ...(mainline && { mainline }) }
  }
  const { mainline, root, webSeeds: seeds } = verdict
  const found = await ofRoot(tools, { root, seeds, isPatient: true }, options)
  const named = name === undefined ? found.name : requireShareName(name)
  return { ...found, name: named, ...(mainline && { mainline }) }
}

async function ofName(
  { lookups, shares }: WantedTools,
  ask: {
    readonly name: string
    readonly root: string | undefined
    readonly url: string | undefined
  },
  options: CallOptions | undefined,
): Promise<Wanted> {
  const { name, root, url } = ask
  const own = await shares.servedAs(name, options)
  if (own !== undefined && (root ?? own.row.root) === own.row.root && url === undefined) {
    return { name, root: own.row.root, bytes: own.row.bytes, seeds: [] }
  }
  const { contents } = await lookups.find(name, options?.signal)
  return { name, ...chosen(name, contents, { root, url }) }
}

/** By its root it is told in the open network, too; who has it says how it is called. */
async function ofRoot(
  { lookups, parts, shares }: WantedTools,
  { isPatient, root, seeds }: Rooted,
  options: CallOptions | undefined,
): Promise<Wanted> {
  const own = await shares.servedOf(root, options)
  if (own !== undefined) {
    const { bytes, name } = own.row
    return { name, root, bytes, seeds: [] }
  }
  const { contents } = await lookups.find(root, options?.signal)
  const isTold = contents.some((content) => content.root === root)
  const told = isTold ? chosen(root, contents, { root, url: undefined }) : { seeds: [] }
  const urls = [...new Set([...seeds, ...told.seeds])].slice(0, SOURCES_MAX)
  const heads = await headsOf(parts, urls.slice(0, ASKED_FOR_NAME), options?.signal)
  const has = heads.flatMap((head) => (head?.root === root ? [head] : []))
  if (!isTold && has.length === 0 && !isPatient) {
    throw new AnilloError('SHARE_UNKNOWN', { name: seeds[0] ?? root })
  }
  const names = has.flatMap(({ name }) => name ?? [])
  const name = shareNameOr(names, root.slice(0, ROOT_IN_NAME))
  return { ...told, name, root, seeds: urls }
}

/**
 * Names may stand for several contents: which one, whoever asks says.
 * @throws AnilloError SHARE_UNKNOWN, SHARE_AMBIGUOUS
 */
export function chosen(
  name: string,
  contents: readonly FoundContent[],
  { root, url }: { readonly root: string | undefined; readonly url: string | undefined },
): Omit<Wanted, 'name'> {
  if (url !== undefined && root === undefined) return { url, seeds: [] }
  const fitting = root === undefined ? contents : contents.filter((one) => one.root === root)
  const [first, ...others] = fitting
  if (first === undefined) throw new AnilloError('SHARE_UNKNOWN', { name })
  // Who says another size of the same root lies, or is lied about: the content itself tells.
  const isOne = first.root !== undefined && others.every((one) => one.root === first.root)
  if (others.length > 0 && !isOne) {
    const all = fitting.map((one) => one.root ?? one.sources[0]?.url ?? '')
    const choices = [...new Set(all)].slice(0, CHOICES_TOLD_MAX).join(', ')
    throw new AnilloError('SHARE_AMBIGUOUS', { name, count: fitting.length, choices })
  }
  const bytes = others.length === 0 ? first.bytes : undefined
  const seeds = inTurn(fitting.map(({ sources }) => sources.map((source) => source.url)))
  if (first.root === undefined)
    return { ...(seeds[0] === undefined ? {} : { url: seeds[0] }), seeds }
  return { root: first.root, ...(bytes === undefined ? {} : { bytes }), seeds }
}

/** Of each list the first, then of each the second: as many as one download has. */
function inTurn(lists: readonly (readonly string[])[]): string[] {
  const longest = Math.max(...lists.map(({ length }) => length))
  const all = Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list[at] ?? []))
  return [...new Set(all.flat())].slice(0, SOURCES_MAX)
}
