/**
 * What the ring shares with everybody outside: contents of files, referred to and not copied, so
 * that they outlive the file. Members of any version serve them, whoever shared them.
 */
import { AnilloError } from '../../../base/errors.ts'
import { hexOf } from '../../../base/hex.ts'
import { instant } from '../../../base/instant.ts'
import type { CallOptions } from '../../../store/types.ts'
import type { Share, ShareList } from '../../../wire/api-shares.ts'
import { LIST_RECORDS_MAX } from '../../../wire/record-limits.ts'
import { SHARES_LISTED_DEFAULT, SHARE_BYTES_MAX } from '../../../wire/share-bounds.ts'
import { MAINLINE_ITEM_LIFE_MS } from '../limits.ts'
import { readSaidRow, saidKey } from '../mainline/mainline-rows.ts'
import type { OutsidePublisher } from '../outside.ts'
import type { Body, FileFound, SealedBody, ShareParts, ShareUser } from '../parts.ts'
import type { Sharers } from '../sharers.ts'
import { HASH_BYTES, piecesIn, type HashTree } from '../tree/hash-tree.ts'
import { magnetOf } from '../tree/magnet.ts'
import { torrentOf } from '../tree/torrent.ts'
import type { Announcer } from './announcer.ts'
import type { Hashing } from './hashing.ts'
import { demandFile } from './only-files.ts'
import { isRoot, requireShareName } from './share-name.ts'
import { addShare, removeShare, type AddInput } from './share-procedures.ts'
import {
  bodyKey,
  idIn,
  layerKey,
  MADE_PREFIX,
  readShareRow,
  rootPrefix,
  shareIdOf,
  shareKey,
  SHARES_PARTITION,
  SHARES_RANGE,
  type ShareRow,
} from './share-rows.ts'

const CLAIM_BYTES = 16
const ID = /^[0-9a-f]{32}$/
const ROOT = /^[0-9a-f]{64}$/

/** What is to be shared, its bytes in the store. */
export interface Sharing {
  readonly name: string
  readonly by: string
  /** By which they came; absent: it came of a download. */
  readonly door?: ShareUser['door'] | undefined
  readonly path: string
  readonly body: SealedBody
  readonly tree: HashTree
}

export interface FoundShare {
  readonly id: string
  readonly row: ShareRow
}

interface ShareTools {
  readonly announcer: Announcer
  readonly hashing: Hashing
  readonly sharers: Sharers
  readonly publisher: OutsidePublisher
  /** Shares came, or went. */
  readonly changed: () => void
}

export interface OpenShare {
  readonly row: ShareRow
  /** Bytes `from` to `to` (not included). */
  read(range: { readonly from: number; readonly to: number }): AsyncIterable<Uint8Array>
  layer(): Promise<Uint8Array>
}

export class Shares {
  readonly #parts: ShareParts
  readonly #tools: ShareTools

  constructor(parts: ShareParts, tools: ShareTools) {
    this.#parts = parts
    this.#tools = tools
  }

  /**
   * A file of theirs. Its tree of hashes is made first: of a large one for longer than anybody
   * waits, and then SHARE_HASHING says how far it is.
   * @throws AnilloError SHARE_NO_FILE, NO_ENTRY, IS_A_FOLDER, NO_ACCESS, SHARE_NAME_UNFIT,
   * SHARE_NAME_TAKEN, SHARE_EMPTY, SHARE_TOO_LARGE, SHARE_HASHING, SHARES_FULL, QUOTA_FULL
   */
  async share(
    who: ShareUser,
    { name: given, path }: { readonly path: string; readonly name?: string | undefined },
    options?: CallOptions,
  ): Promise<{ readonly share: Share; readonly isNew: boolean }> {
    const by = requireNick(who)
    demandFile(path)
    const found = await this.#parts.tree.at(who, path, options)
    if (found.access !== 'own') {
      throw new AnilloError('NO_ACCESS', { action: 'share with everybody', path: found.path })
    }
    const name = requireShareName(given ?? found.name)
    if (isRoot(name)) throw new AnilloError('SHARE_NAME_UNFIT', { name, problem: 'it is a root' })
    checkSize(found)
    const known = await this.ofName(name, options)
    if (known !== undefined && known.row.sha256 !== found.body.sha256) {
      throw new AnilloError('SHARE_NAME_TAKEN', { name })
    }
    if (known !== undefined) return { share: await this.told(known.row), isNew: false }
    const tree = await this.#tools.hashing.of(found.body)
    const { door } = who
    const added = await this.add({ name, by, door, path: found.path, body: found.body, tree })
    return { share: await this.told(added.row), isNew: added.isNew }
  }

  /** @throws AnilloError SHARE_NAME_TAKEN, SHARES_FULL, QUOTA_FULL */
  async add(
    sharing: Sharing,
    claimed?: string,
  ): Promise<{ readonly row: ShareRow; readonly isNew: boolean }> {
    const { body, by, door, name, path, tree } = sharing
    const { bytes, effects, store } = this.#parts
    const claim = claimed ?? hexOf(effects.random.bytes(CLAIM_BYTES))
    await bytes.claim({ nick: by, id: claim }, tree.bytes)
    try {
      const input: AddInput = {
        name,
        by,
        path,
        root: tree.root,
        bytes: tree.bytes,
        sha256: body.sha256,
        claim,
        ...(body.kind === 'here' ? { body: body.bytes } : { content: body.id }),
        ...(await this.#layerIn(tree.layer)),
      }
      const added = await store.call(SHARES_PARTITION, addShare, input)
      if (added.isNew) {
        this.#tools.announcer.soon(shareIdOf(name))
        this.#tools.changed()
        const act = { what: 'share.make', path, to: name, bytes: tree.bytes } as const
        this.#parts.note({ nick: by, ...(door === undefined ? {} : { door }) }, act)
      } else await bytes.waive({ nick: by, id: claim })
      return added
    } catch (thrown) {
      await bytes.waive({ nick: by, id: claim }).catch(() => undefined)
      throw thrown
    }
  }

  /** The file stays. @throws AnilloError NOT_FOUND, FORBIDDEN */
  async remove(who: ShareUser, key: string, options?: CallOptions): Promise<void> {
    const found = await this.find(key, options)
    if (found === undefined) throw new AnilloError('NOT_FOUND', { what: 'such share' })
    const by = who.isManager ? {} : { by: requireNick(who) }
    const input = { id: found.id, ...by }
    const row = await this.#parts.store.call(SHARES_PARTITION, removeShare, input, options)
    const { name, path = '' } = row
    this.#parts.note(who, { what: 'share.end', path, to: name, bytes: row.bytes })
    this.#tools.changed()
    await this.#tools.announcer.withdraw(row)
  }

  /** Newest first. */
  async list(
    {
      cursor,
      limit = SHARES_LISTED_DEFAULT,
    }: { readonly cursor?: string; readonly limit?: number },
    options?: CallOptions,
  ): Promise<ShareList> {
    const end = cursor === undefined ? {} : { end: MADE_PREFIX + cursor }
    const range = { ...SHARES_RANGE, prefix: MADE_PREFIX, ...end, reverse: true }
    const { items } = await this.#parts.store.list({ ...range, limit: limit + 1 }, options)
    const shown = items.slice(0, limit)
    const rows = await Promise.all(shown.map(({ sk }) => this.#row(idIn(sk), options)))
    const told = await Promise.all(rows.flatMap((row) => (row === undefined ? [] : this.told(row))))
    const last = shown.at(-1)
    const more = items.length > limit && last !== undefined
    return { items: told, ...(more ? { cursor: last.sk.slice(MADE_PREFIX.length) } : {}) }
  }

  /** By its id, or by the root of its content. */
  async find(key: string, options?: CallOptions): Promise<FoundShare | undefined> {
    if (ROOT.test(key)) return (await this.ofRoot(key, options))[0]
    const row = ID.test(key) ? await this.#row(key, options) : undefined
    return row && { id: key, row }
  }

  async ofName(name: string, options?: CallOptions): Promise<FoundShare | undefined> {
    const id = shareIdOf(name)
    const row = await this.#row(id, options)
    return row && { id, row }
  }

  async ofRoot(root: string, options?: CallOptions): Promise<readonly FoundShare[]> {
    const range = { ...SHARES_RANGE, prefix: rootPrefix(root), limit: LIST_RECORDS_MAX }
    const { items } = await this.#parts.store.list(range, options)
    const found = await Promise.all(
      items.map(async ({ sk }) => ({ id: idIn(sk), row: await this.#row(idIn(sk), options) })),
    )
    return found.flatMap(({ id, row }) => (row === undefined ? [] : [{ id, row }]))
  }

  /** The same, where it does not rest with the account of whoever shared it. */
  async servedAs(name: string, options?: CallOptions): Promise<FoundShare | undefined> {
    const found = await this.ofName(name, options)
    return found !== undefined && (await this.#isServed(found)) ? found : undefined
  }

  /** Of several, the first that does not rest. */
  async servedOf(root: string, options?: CallOptions): Promise<FoundShare | undefined> {
    for (const found of await this.ofRoot(root, options)) {
      if (await this.#isServed(found)) return found
    }
    return undefined
  }

  async #isServed({ row }: FoundShare): Promise<boolean> {
    return (await this.#tools.sharers.heldBack(row.by)) === undefined
  }

  open(id: string, row: ShareRow, options?: CallOptions): OpenShare {
    const { bytes: contents } = this.#parts
    const bodyOf = () => this.#body(bodyKey(id), { content: row.content, bytes: row.bytes })
    return {
      row,
      async *read(range) {
        yield* contents.read(await bodyOf(), range, options)
      },
      layer: () => this.layerOf(id, row, options),
    }
  }

  async bodyOf(id: string, row: ShareRow): Promise<SealedBody> {
    const body = await this.#body(bodyKey(id), { content: row.content, bytes: row.bytes })
    return { ...body, sha256: row.sha256 }
  }

  async layerOf(id: string, row: ShareRow, options?: CallOptions): Promise<Uint8Array> {
    const bytes = piecesIn(row.bytes) * HASH_BYTES
    const body = await this.#body(layerKey(id), { content: row.layer, bytes })
    const parts: Uint8Array[] = []
    const to = body.kind === 'here' ? body.bytes.length : bytes
    for await (const part of this.#parts.bytes.read(body, { from: 0, to }, options)) {
      parts.push(part.slice())
    }
    return Buffer.concat(parts)
  }

  async torrentOf(id: string, row: ShareRow): Promise<Uint8Array> {
    const layer = await this.layerOf(id, row)
    return torrentOf({ ...row, layer }, await this.#tools.announcer.urlsOf(row.root, row.turn))
  }

  async told(row: ShareRow): Promise<Share> {
    const { by, bytes, madeMs, name, nextMs, nodes, path, refreshedMs, root, sha256 } = row
    const id = shareIdOf(name)
    const { announcer, sharers } = this.#tools
    const [urls, heldBack, mainline] = await Promise.all([
      announcer.urlsOf(row.root, row.turn),
      sharers.heldBack(row.by),
      this.#inMainline(id),
    ])
    const tree = { bytes, name, root }
    // Soon, where this member takes part: a link is made before.
    const isToldThere = mainline !== undefined || this.#parts.mainline !== undefined
    return {
      id,
      name,
      root,
      bytes,
      sha256,
      magnet: magnetOf(tree, urls, isToldThere ? await this.#publisherHex() : undefined),
      urls: [...urls],
      by,
      ...(path === undefined ? {} : { path }),
      madeAt: instant(madeMs),
      announcedAt: refreshedMs === undefined ? null : instant(refreshedMs),
      nodes: nodes ?? null,
      announcedNextAt: instant(nextMs),
      ...(heldBack === undefined ? {} : { heldBack }),
      ...(mainline === undefined ? {} : { mainline }),
    }
  }

  /** While others keep it there. */
  async #inMainline(id: string): Promise<Share['mainline']> {
    const record = await this.#parts.store.get(saidKey(id))
    if (record === undefined) return undefined
    const { nodes = 0, saidMs } = readSaidRow(record)
    const isKept = (at: number) => this.#parts.effects.clock.wallMs() - at < MAINLINE_ITEM_LIFE_MS
    return saidMs === undefined || !isKept(saidMs) ? undefined : { nodes, saidAt: instant(saidMs) }
  }

  async #publisherHex(): Promise<string> {
    return hexOf((await this.#tools.publisher.key()).publicKey)
  }

  async #row(id: string, options?: CallOptions): Promise<ShareRow | undefined> {
    const record = await this.#parts.store.get(shareKey(id), options)
    return record === undefined ? undefined : readShareRow(record)
  }

  async #body(
    key: ReturnType<typeof bodyKey>,
    { bytes, content }: { readonly content: string | undefined; readonly bytes: number },
  ): Promise<Body> {
    if (content !== undefined) return { kind: 'content', id: content, bytes }
    const record = await this.#parts.store.get(key)
    if (record === undefined) throw new AnilloError('NOT_FOUND', { what: 'such share' })
    return { kind: 'here', bytes: record.value }
  }

  async #layerIn(layer: Uint8Array): Promise<Pick<AddInput, 'layer' | 'layerHere'>> {
    const writer = this.#parts.bytes.begin({ nick: '' })
    await writer.push(layer)
    const sealed = await writer.seal()
    return sealed.kind === 'here' ? { layerHere: sealed.bytes } : { layer: sealed.id }
  }
}

/** @throws AnilloError SHARE_EMPTY, SHARE_TOO_LARGE */
function checkSize({ body, path }: FileFound): void {
  const bytes = body.kind === 'here' ? body.bytes.length : body.bytes
  if (bytes === 0) throw new AnilloError('SHARE_EMPTY', { path })
  if (bytes > SHARE_BYTES_MAX) throw new AnilloError('SHARE_TOO_LARGE', { limit: LARGEST })
}

export const LARGEST = `${SHARE_BYTES_MAX / 2 ** 30} GiB`

/** @throws AnilloError LOGIN_FIRST */
export function requireNick({ nick }: ShareUser): string {
  if (nick === undefined) throw new AnilloError('LOGIN_FIRST')
  return nick
}
