/**
 * Who uses this window. The ring tells, and the browser keeps its cookies, which no script can
 * read; so all that is known here is what `GET /v1/auth/me` answers.
 */
import { AccountsClient } from '../api/accounts.ts'
import { RingTrouble, type RingClient } from '../api/ring-client.ts'
import { clientName, nickOf, UNKNOWN, type Who } from '../model/accounts.ts'
import { Cell } from './cell.ts'

/** The page's own code: after a log-in the browser has no cookie of it. */
export const NO_COOKIES = 'PAGE_NO_COOKIES'

export interface AccountOptions {
  readonly client: RingClient
  /** Of the page; cookies are a host's, whatever its port. */
  readonly hostname: string
  readonly userAgent: string
  /** Other windows of this browser have the same cookies. */
  readonly tellWindows: () => void
  /** The person logged out of this browser. */
  readonly onLeft: () => void
}

export class Account {
  readonly who = new Cell<Who>(UNKNOWN)
  /** A session ended that nobody in this browser ended. */
  readonly hasEnded = new Cell(false)
  readonly calls: AccountsClient
  readonly #options: AccountOptions
  #finding: Promise<Who> | undefined
  /** Where the last answer about the asker came from. */
  #hostname: string

  constructor(options: AccountOptions) {
    this.#options = options
    this.#hostname = options.hostname
    this.calls = new AccountsClient(options.client)
  }

  /** The door in use is on another host than the page, where its cookies do not reach. */
  get isElsewhere(): boolean {
    const { client, hostname } = this.#options
    return new URL(client.door).hostname !== hostname
  }

  /** Asks the ring; questions under way are shared. @throws RingTrouble where none answers */
  find(): Promise<Who> {
    this.#finding ??= this.#find().finally(() => {
      this.#finding = undefined
    })
    return this.#finding
  }

  /**
   * What follows from a refusal. A token holds for minutes: it is renewed once, and the question
   * asked again, as whoever that leaves.
   * @returns whether the question may fare better
   */
  async refused(trouble: RingTrouble): Promise<boolean> {
    const before = this.who.get()
    if (before.kind === 'unknown' || before.kind === 'anyone') return false
    if (trouble.code !== 'LOGIN_FIRST') {
      // Rights may have been taken away meanwhile.
      this.find().catch(() => undefined)
      return false
    }
    if (nickOf(before) === undefined) return false
    const after = await this.find()
    return after.kind === 'told'
  }

  /** The door in use changed; that of another host may see other cookies, or none. */
  moved(door: string): void {
    const { kind } = this.who.get()
    if (kind === 'unknown' || kind === 'anyone') return
    if (new URL(door).hostname !== this.#hostname) this.find().catch(() => undefined)
  }

  /** @throws RingTrouble BAD_LOGIN, SLOW_DOWN, ... */
  async logIn(credentials: { readonly nick: string; readonly password: string }): Promise<void> {
    const client = clientName(this.#options.userAgent)
    await this.calls.logIn({ ...credentials, ...(client === '' ? {} : { client }), cookie: true })
    const who = await this.#findAnew()
    if (nickOf(who) === undefined)
      throw new RingTrouble({ code: NO_COOKIES, details: {}, text: '' })
    this.#options.tellWindows()
  }

  async logOut(everywhere: boolean): Promise<void> {
    await this.calls.logOut(everywhere)
    await this.left()
  }

  /** The person ended the session themselves, which needs no telling. */
  async left(): Promise<void> {
    await this.#findAnew()
    this.hasEnded.set(false)
    this.#options.onLeft()
    this.#options.tellWindows()
  }

  /** As it stands after all that was done so far. */
  async #findAnew(): Promise<Who> {
    await this.#finding?.catch(() => undefined)
    return this.find()
  }

  async #find(): Promise<Who> {
    const { client } = this.#options
    const first = await this.#ask()
    if (first.kind === 'nobody') await this.#renew()
    const who = first.kind === 'nobody' ? await this.#ask() : first
    // The browser had a cookie of a session that is over, else it were a guest from the first.
    if (first.kind === 'nobody' && who.kind === 'told' && !this.isElsewhere) this.hasEnded.set(true)
    this.#hostname = new URL(client.door).hostname
    client.showAsker(nickOf(who) !== undefined)
    this.#take(who)
    return who
  }

  #take(who: Who): void {
    const before = this.who.get()
    if (nickOf(who) !== undefined) this.hasEnded.set(false)
    else if (nickOf(before) !== undefined && !this.isElsewhere) this.hasEnded.set(true)
    if (JSON.stringify(who) !== JSON.stringify(before)) this.who.set(who)
  }

  async #ask(): Promise<Who> {
    try {
      const me = await this.calls.me()
      return me === undefined ? { kind: 'anyone' } : { kind: 'told', me }
    } catch (thrown) {
      if (!isLoginFirst(thrown)) throw thrown
      return { kind: 'nobody' }
    }
  }

  /** A session that is over leaves a guest, where there are any. */
  async #renew(): Promise<void> {
    try {
      await this.calls.refresh()
    } catch (thrown) {
      if (!isLoginFirst(thrown)) throw thrown
    }
  }
}

function isLoginFirst(thrown: unknown): boolean {
  return thrown instanceof RingTrouble && thrown.code === 'LOGIN_FIRST'
}
