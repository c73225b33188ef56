/** Public links over the store and the tree of files (`types.ts`). */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { hexOf } from '../../../base/hex.ts'
import type { Effects } from '../../../effects/effects.ts'
import type { CallOptions, Store, WriteOptions } from '../../../store/types.ts'
import { LINKS_TABLE, partitionOfMaker } from '../../../wire/file-people.ts'
import { ALL_PARTITIONS, pkIn, type PartitionId } from '../../../wire/partition.ts'
import type { Entry, Files, FileUser } from '../types.ts'
import { LINKS_LISTED_DEFAULT, LOOKS_AT_ONCE, TOKEN_BYTES } from './limits.ts'
import { changeLink, countDownload, makeLink, revokeLink, type ChangeInput } from './procedures.ts'
import { isProof, proofOf } from './proofs.ts'
import {
  idOfToken,
  isLinkId,
  LINK_PREFIX,
  linkKey,
  makerPrefix,
  partitionOfLink,
  readLinkRow,
  type LinkRow,
} from './rows.ts'
import type {
  Downloader,
  Link,
  LinkAsk,
  LinkChange,
  LinkListAsk,
  LinkPage,
  LinkPasswords,
  Links,
  OpenLink,
  OpenOptions,
} from './types.ts'

export interface RingLinksOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'crypto'>
  readonly store: Pick<Store, 'call' | 'get' | 'list'>
  readonly files: Pick<Files, 'stat' | 'follow' | 'followed'>
  readonly passwords: LinkPasswords
  /** Of an account, as of now; `undefined`: it may do nothing with files, or is none. */
  readonly userOf: (nick: string) => Promise<FileUser | undefined>
}

const SEED_BYTES = 32
const ID_DIGITS = 32

/** A link, and where it leads; `undefined`: nowhere. */
interface Led {
  readonly id: string
  readonly row: LinkRow
  readonly to: Pick<OpenLink, 'as' | 'entry'> | undefined
}

export class RingLinks implements Links {
  readonly #options: RingLinksOptions

  constructor(options: RingLinksOptions) {
    this.#options = options
  }

  async make(who: FileUser, ask: LinkAsk, { retry, ...options }: WriteOptions = {}): Promise<Link> {
    const by = requireNick(who)
    const { downloadsMax, expiresMs, path } = ask
    this.#requireLater(expiresMs)
    const { files } = this.#options
    const asked = await files.stat(who, path, options)
    if (!mayLink(who, asked)) {
      throw new AnilloError('NO_ACCESS', { action: 'give rights on', path: asked.path })
    }
    const secret = await this.#secretOf(ask.password)
    const { entry, handle } = await files.follow(who, path, options)
    const drawn = this.#draw(by)
    const link = {
      token: drawn.token,
      by,
      handle,
      kind: entry.kind,
      name: entry.name,
      seed: hexOf(this.#options.effects.random.bytes(SEED_BYTES)),
      ...secret,
      ...(expiresMs === undefined ? {} : { expiresMs }),
      ...(downloadsMax === undefined ? {} : { downloadsMax }),
    }
    const { store } = this.#options
    const input = { id: drawn.id, link }
    const once = retry === undefined ? options : { ...options, retry }
    const row = await store.call(partitionOfLink(drawn.id), makeLink, input, once)
    // Asked again, it is told of the one that was made before.
    const id = idOfToken(row.token) ?? drawn.id
    return this.#told({ id, row, to: { as: who, entry } })
  }

  async list(who: FileUser, ask: LinkListAsk = {}): Promise<LinkPage> {
    const { cursor, everybody = false, limit = LINKS_LISTED_DEFAULT, path } = ask
    const nick = requireNick(who)
    if (everybody && !who.isManager) {
      throw new AnilloError('PERMISSION_MISSING', { permission: 'files.manage' })
    }
    const wanted = path === undefined ? undefined : await this.#options.files.stat(who, path, ask)
    const found = everybody
      ? await this.#ofAll({ cursor, limit }, ask)
      : await this.#ofMaker(nick, { cursor, limit }, ask)
    const led: Led[] = []
    for (let at = 0; at < found.links.length; at += LOOKS_AT_ONCE) {
      const some = found.links.slice(at, at + LOOKS_AT_ONCE)
      led.push(...(await Promise.all(some.map((one) => this.#lead(one, ask)))))
    }
    const links = led
      .filter(({ to }) => wanted === undefined || to?.entry.id === wanted.id)
      .map((one) => this.#told(one))
      .toSorted((a, b) => b.createdMs - a.createdMs)
    return { links, cursor: found.cursor }
  }

  async find(who: FileUser, id: string, options?: CallOptions): Promise<Link> {
    const by = requireNick(who)
    const row = isLinkId(id) ? await this.#row(id, options) : undefined
    if (row === undefined || (row.by !== by && !who.isManager)) {
      throw new AnilloError('LINK_UNKNOWN')
    }
    return this.#told(await this.#lead({ id, row }, options))
  }

  async change(
    who: FileUser,
    id: string,
    change: LinkChange,
    { retry, ...options }: WriteOptions = {},
  ): Promise<Link> {
    await this.find(who, id, options)
    const { downloadsMore, expiresMs } = change
    this.#requireLater(expiresMs ?? undefined)
    const input: ChangeInput = {
      ...ofOne(who, id),
      ...(expiresMs === undefined ? {} : { expiresMs }),
      ...(downloadsMore === undefined ? {} : { downloadsMore }),
      ...(await this.#secretChange(change.password)),
    }
    const { store } = this.#options
    const once = retry === undefined ? options : { ...options, retry }
    const row = await store.call(partitionOfLink(id), changeLink, input, once)
    return this.#told(await this.#lead({ id, row }, options))
  }

  async revoke(who: FileUser, id: string, options?: CallOptions): Promise<void> {
    const asked = ofOne(who, id)
    if (!isLinkId(id)) throw new AnilloError('LINK_UNKNOWN')
    await this.#options.store.call(partitionOfLink(id), revokeLink, asked, options)
  }

  async open(token: string, proof = '', options: OpenOptions = {}): Promise<OpenLink> {
    const { id, row } = await this.#shown(token, options)
    const nowMs = this.#options.effects.clock.wallMs()
    if (options.goesOn !== true && isSpent(row)) throw new AnilloError('LINK_SPENT')
    const { crypto } = this.#options.effects
    const { seed } = row
    if (row.password !== undefined && !isProof(crypto, { proof, seed, nowMs })) {
      throw new AnilloError('LINK_LOCKED')
    }
    const { to } = await this.#lead({ id, row }, options)
    if (to === undefined) throw new AnilloError('LINK_GONE')
    const { downloads, downloadsMax, expiresMs, password } = row
    return {
      id,
      token,
      ...to,
      expiresMs,
      hasPassword: password !== undefined,
      downloadsLeft: downloadsMax === undefined ? undefined : Math.max(0, downloadsMax - downloads),
    }
  }

  async unlock(
    token: string,
    password: string,
    from: { readonly address: string | undefined },
  ): Promise<string> {
    const { id, row } = await this.#shown(token)
    const { effects, passwords } = this.#options
    if (row.password !== undefined) {
      const guess = { subject: `link.${id}`, password, hash: row.password }
      if (!(await passwords.isRight(guess, from))) throw new AnilloError('LINK_PASSWORD_WRONG')
    }
    return proofOf(effects.crypto, row.seed, effects.clock.wallMs())
  }

  async count(
    { id }: Pick<OpenLink, 'id'>,
    { address = 'here', entry, isStart }: Downloader,
    options?: CallOptions,
  ): Promise<void> {
    const who = sha256Hex(`${address} ${entry.id}`).slice(0, ID_DIGITS)
    const { store } = this.#options
    const input = { id, who, isStart }
    const { kind } = await store.call(partitionOfLink(id), countDownload, input, options)
    if (kind === 'expired') throw new AnilloError('LINK_EXPIRED')
    if (kind === 'spent') throw new AnilloError('LINK_SPENT')
  }

  /** @throws AnilloError LINK_UNKNOWN, LINK_EXPIRED */
  async #shown(
    token: string,
    options?: CallOptions,
  ): Promise<{ readonly id: string; readonly row: LinkRow }> {
    const id = idOfToken(token)
    const row = id === undefined ? undefined : await this.#row(id, options)
    if (id === undefined || row === undefined) throw new AnilloError('LINK_UNKNOWN')
    if (this.#isOver(row)) throw new AnilloError('LINK_EXPIRED')
    return { id, row }
  }

  async #row(id: string, options?: CallOptions): Promise<LinkRow | undefined> {
    const record = await this.#options.store.get(linkKey(id), options)
    return record && readLinkRow(record)
  }

  async #lead({ id, row }: Pick<Led, 'id' | 'row'>, options?: CallOptions): Promise<Led> {
    const { files, userOf } = this.#options
    const as = await userOf(row.by)
    if (as === undefined) return { id, row, to: undefined }
    try {
      const entry = await files.followed(as, row.handle, signalOf(options))
      return { id, row, to: mayLink(as, entry) ? { as, entry } : undefined }
    } catch (thrown) {
      if (!isAnilloError(thrown, 'NO_ENTRY')) throw thrown
      return { id, row, to: undefined }
    }
  }

  async #ofMaker(
    nick: string,
    { cursor, limit }: { readonly cursor: string | undefined; readonly limit: number },
    options?: CallOptions,
  ): Promise<Found> {
    const { store } = this.#options
    const place = { table: LINKS_TABLE, pk: pkIn(LINKS_TABLE, partitionOfMaker(nick)) }
    const prefix = makerPrefix(nick)
    const after = cursor === undefined ? {} : { start: `${prefix}${checked(cursor)}\0` }
    const { items } = await store.list({ ...place, prefix, ...after, limit }, options)
    const ids = items.map(({ sk }) => sk.slice(prefix.length))
    const rows = await Promise.all(ids.map((id) => this.#row(id, options)))
    const links = ids.flatMap((id, at) => {
      const row = rows[at]
      return row === undefined ? [] : [{ id, row }]
    })
    return { links, cursor: ids.length < limit ? undefined : ids.at(-1) }
  }

  /** In the order of their ids, whose first bits tell the partition. */
  async #ofAll(
    { cursor, limit }: { readonly cursor: string | undefined; readonly limit: number },
    options?: CallOptions,
  ): Promise<Found> {
    const links: Pick<Led, 'id' | 'row'>[] = []
    const from = cursor === undefined ? 0 : partitionOfLink(checked(cursor))
    for (const partition of ALL_PARTITIONS.slice(from)) {
      const after = cursor !== undefined && partition === from ? cursor : undefined
      const room = limit - links.length
      links.push(...(await this.#inPartition(partition, { after, limit: room }, options)))
      if (links.length >= limit) return { links, cursor: links.at(-1)?.id }
    }
    return { links, cursor: undefined }
  }

  async #inPartition(
    partition: PartitionId,
    { after, limit }: { readonly after: string | undefined; readonly limit: number },
    options?: CallOptions,
  ): Promise<Pick<Led, 'id' | 'row'>[]> {
    const place = { table: LINKS_TABLE, pk: pkIn(LINKS_TABLE, partition), prefix: LINK_PREFIX }
    const start = after === undefined ? {} : { start: `${LINK_PREFIX}${after}\0` }
    const { items } = await this.#options.store.list({ ...place, ...start, limit }, options)
    return items.map((record) => ({
      id: record.sk.slice(LINK_PREFIX.length),
      row: readLinkRow(record),
    }))
  }

  /** Of chance, until it falls into the maker’s partition: 64 times on the average. */
  #draw(nick: string): { readonly id: string; readonly token: string } {
    const { random } = this.#options.effects
    const partition = partitionOfMaker(nick)
    for (;;) {
      const token = Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64url')
      const id = idOfToken(token)
      if (id !== undefined && partitionOfLink(id) === partition) return { id, token }
    }
  }

  async #secretOf(password: string | undefined): Promise<{ readonly password?: string }> {
    if (password === undefined) return {}
    return { password: await this.#options.passwords.hash(password) }
  }

  async #secretChange(
    password: string | null | undefined,
  ): Promise<Pick<ChangeInput, 'password' | 'seed'>> {
    if (password === undefined) return {}
    const seed = hexOf(this.#options.effects.random.bytes(SEED_BYTES))
    if (password === null) return { password, seed }
    return { password: await this.#options.passwords.hash(password), seed }
  }

  /** @throws AnilloError BAD_REQUEST */
  #requireLater(expiresMs: number | undefined): void {
    if (expiresMs === undefined || expiresMs > this.#options.effects.clock.wallMs()) return
    throw new AnilloError('BAD_REQUEST', { problem: 'a link cannot expire in the past' })
  }

  #isOver({ expiresMs }: LinkRow): boolean {
    return expiresMs !== undefined && expiresMs <= this.#options.effects.clock.wallMs()
  }

  #told({ id, row, to }: Led): Link {
    const { by, createdMs, downloads, downloadsMax, expiresMs, kind, name, password, token } = row
    const isOpen = to === undefined ? 'gone' : isSpent(row) ? 'spent' : 'open'
    return {
      id,
      token,
      by,
      kind,
      name: to?.entry.name ?? name,
      path: to?.entry.path,
      createdMs,
      expiresMs,
      hasPassword: password !== undefined,
      downloads,
      downloadsMax,
      state: this.#isOver(row) ? 'expired' : isOpen,
    }
  }
}

interface Found {
  readonly links: readonly Pick<Led, 'id' | 'row'>[]
  readonly cursor: string | undefined
}

/** Whose it is, or who may give rights on it. */
function mayLink({ mayWrite, nick }: FileUser, { access, owner }: Entry): boolean {
  return mayWrite && (access === 'own' || owner === nick)
}

function isSpent({ downloads, downloadsMax }: LinkRow): boolean {
  return downloadsMax !== undefined && downloads >= downloadsMax
}

function ofOne(who: FileUser, id: string): { readonly id: string; readonly by?: string } {
  const by = requireNick(who)
  return who.isManager ? { id } : { id, by }
}

/** @throws AnilloError LOGIN_FIRST */
function requireNick({ nick }: FileUser): string {
  if (nick === undefined) throw new AnilloError('LOGIN_FIRST')
  return nick
}

/** @throws AnilloError CURSOR_STALE */
function checked(cursor: string): string {
  if (isLinkId(cursor)) return cursor
  throw new AnilloError('CURSOR_STALE')
}

/** What else was told was meant for the list. */
function signalOf(options: CallOptions | undefined): CallOptions {
  return options?.signal === undefined ? {} : { signal: options.signal }
}
