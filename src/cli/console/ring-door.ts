/**
 * The ring as a console asks it: each request is one or some of the client, which finds a door that
 * answers. The client is loaded with the first request, so that the prompt need not wait for it.
 */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { AnilloClient } from '../../client/client.ts'
import type { KeptSession, SessionCredentials, SessionPlace } from '../../client/credentials.ts'
import type { ClientWorld } from '../../client/request.ts'
import type { Attachment } from '../../wire/api-attachments.ts'
import type { DweetList } from '../../wire/api-dweet-lists.ts'
import type { DweetEvent, PublicationPage } from '../../wire/api-dweets.ts'
import type { Ring } from './driver.ts'
import type {
  Account,
  Answer,
  ListPlace,
  Request,
  RequestKind,
  RequestOf,
  ValueOf,
} from './requests.ts'

/** How a console reaches a ring, and where it keeps who is logged in. */
export interface Reach {
  readonly world: () => Promise<ClientWorld>
  readonly doors: readonly string[]
  /** What its sessions are listed as. */
  readonly clientName: string
  /** Where the session of whoever logs in is kept. */
  readonly placeFor: (session: KeptSession) => SessionPlace
}

type Carriers = { readonly [K in RequestKind]: (request: RequestOf<K>) => Promise<ValueOf<K>> }

export class RingDoor implements Ring {
  readonly #reach: Reach
  #place: SessionPlace | undefined
  #client: Promise<AnilloClient> | undefined

  /** @param place of a session that is kept already */
  constructor(reach: Reach, place?: SessionPlace) {
    this.#reach = reach
    this.#place = place
  }

  async carryOut(request: Request): Promise<Answer> {
    const carry = this.#carriers[request.kind] as (one: Request) => Promise<unknown>
    const value = await carry(request)
    return { kind: request.kind, request, value } as Answer
  }

  async *listen(signal: AbortSignal): AsyncIterable<DweetEvent> {
    yield* (await this.#ring()).dweets.events(signal)
  }

  async drop(): Promise<void> {
    await this.#place?.write(undefined)
    this.#place = undefined
    this.#client = undefined
  }

  /** As whoever is logged in. */
  #ring(): Promise<AnilloClient> {
    this.#client ??= this.#open()
    return this.#client
  }

  async #open(): Promise<AnilloClient> {
    const { clientName: client, doors, world } = this.#reach
    const { AnilloClient, SessionCredentials } = await load()
    const credentials: SessionCredentials | undefined =
      this.#place && (await SessionCredentials.open({ place: this.#place, client }))
    const opened = new AnilloClient(await world(), doors, credentials)
    // Whoever may not see the ring is known at the doors that were named.
    void opened.ring().catch(() => undefined)
    return opened
  }

  async #nobody(): Promise<AnilloClient> {
    const { AnilloClient } = await load()
    return new AnilloClient(await this.#reach.world(), this.#reach.doors)
  }

  async #logIn({ nick, password }: RequestOf<'logIn'>): Promise<Account> {
    const nobody = await this.#nobody()
    const client = this.#reach.clientName
    const tokens = await nobody.accounts.logIn({ nick, password, client })
    const session = { nick, ...tokens }
    const place = this.#reach.placeFor(session)
    await place.write(session)
    this.#place = place
    this.#client = undefined
    return { nick }
  }

  async #list({
    cursor,
    limit,
    list,
  }: ListPlace & { readonly limit: number }): Promise<PublicationPage> {
    const { dweets } = await this.#ring()
    const page = { limit, ...(cursor === undefined ? {} : { cursor }) }
    switch (list.of) {
      case 'home':
        return dweets.home(page)
      case 'local':
        return dweets.local(page)
      case 'search':
        return dweets.search(list.words, page)
      case 'tag':
        return dweets.tagged(list.tag, page)
      case 'person':
        return dweets.publicationsOf(list.nick, page)
      case 'bookmarks':
        return dweets.bookmarks(page)
      case 'list':
        return dweets.lists.publications((await this.#listNamed(list.name)).id, page)
    }
  }

  /** By its name, in whatever case. @throws AnilloError LIST_GONE */
  async #listNamed(name: string): Promise<DweetList> {
    const found = await this.#findList(name)
    if (found === undefined) throw new AnilloError('LIST_GONE')
    return found
  }

  async #findList(name: string): Promise<DweetList | undefined> {
    const folded = (text: string): string => text.normalize('NFKC').toLowerCase()
    const all = await (await this.#ring()).dweets.lists.all()
    return all.find((one) => folded(one.name) === folded(name))
  }

  /** Who comes into it is known before it is made. */
  async #enlist({ isIn, name, nick }: RequestOf<'enlist'>): Promise<DweetList> {
    const { dweets } = await this.#ring()
    if (!isIn) return dweets.lists.put((await this.#listNamed(name)).id, nick, false)
    await dweets.profile(nick)
    const list = (await this.#findList(name)) ?? (await dweets.lists.make({ name }))
    return dweets.lists.put(list.id, nick, true)
  }

  async #attach({ description, path }: RequestOf<'attach'>): Promise<Attachment> {
    const { sendAttachment } = await import('../sent-attachment.ts')
    const { dweets } = await this.#ring()
    return sendAttachment(dweets, path, description === '' ? {} : { description })
  }

  async #export({ path }: RequestOf<'export'>): Promise<{ readonly bytes: number }> {
    const { writeOwnArchive } = await import('../own-archive.ts')
    return { bytes: await writeOwnArchive((await this.#ring()).ownData, path) }
  }

  /** Also a door that shows the ring to nobody unknown has answered. */
  async #greet(): Promise<void> {
    try {
      await (await this.#nobody()).ring()
    } catch (thrown) {
      if (isAnilloError(thrown, 'RING_NOT_REACHABLE')) throw thrown
    }
  }

  readonly #carriers: Carriers = {
    greet: () => this.#greet(),
    register: async (request) => {
      const { name, nick, password } = request
      await (await this.#nobody()).accounts.register({ nick, name, password })
      return this.#logIn({ ...request, kind: 'logIn' })
    },
    logIn: (request) => this.#logIn(request),
    logOut: async ({ everywhere }) => {
      await (await this.#ring()).accounts.logOut({ everywhere })
      await this.drop()
    },
    publish: async ({ dweet, key }) => (await this.#ring()).dweets.publish(dweet, { key }),
    list: (request) => this.#list(request),
    profile: async ({ limit, nick }) => {
      const { dweets } = await this.#ring()
      const [profile, page] = await Promise.all([
        dweets.profile(nick),
        dweets.publicationsOf(nick, { limit }),
      ])
      return { profile, page }
    },
    fresh: async ({ limit }) => (await this.#ring()).dweets.fresh(limit),
    acknowledge: async ({ token }) => (await this.#ring()).dweets.acknowledge(token),
    thread: async ({ id }) => (await this.#ring()).dweets.thread(id),
    redweet: async ({ id }) => (await this.#ring()).dweets.redweet(id),
    unredweet: async ({ id }) => (await this.#ring()).dweets.unredweet(id),
    like: async ({ id, isLiked }) => (await this.#ring()).dweets.like(id, isLiked),
    edit: async ({ change, id }) => (await this.#ring()).dweets.edit(id, change),
    remove: async ({ id }) => (await this.#ring()).dweets.remove(id),
    follow: async ({ follows, nick }) => {
      const { dweets } = await this.#ring()
      return follows ? dweets.follow(nick) : dweets.unfollow(nick)
    },
    people: async ({ limit, nick }) => {
      const { dweets } = await this.#ring()
      const [profile, following, followers] = await Promise.all([
        dweets.profile(nick),
        dweets.following(nick, { limit }),
        dweets.followers(nick, { limit }),
      ])
      return { profile, following, followers }
    },
    notifications: async ({ limit }) => (await this.#ring()).dweets.notifications({ limit }),
    mute: async ({ isMuted, nick }) => (await this.#ring()).dweets.mute(nick, isMuted),
    block: async ({ isBlocked, nick }) => (await this.#ring()).dweets.block(nick, isBlocked),
    bookmark: async ({ id, isKept }) => (await this.#ring()).dweets.bookmark(id, isKept),
    lists: async () => (await this.#ring()).dweets.lists.all(),
    enlist: (request) => this.#enlist(request),
    report: async ({ report }) => (await this.#ring()).dweets.reports.report(report),
    catchUp: async () => (await this.#ring()).dweets.catchUp(),
    attach: (request) => this.#attach(request),
    export: (request) => this.#export(request),
  }
}

async function load() {
  const [{ AnilloClient }, { SessionCredentials }] = await Promise.all([
    import('../../client/client.ts'),
    import('../../client/credentials.ts'),
  ])
  return { AnilloClient, SessionCredentials }
}
