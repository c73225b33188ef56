/** One control connection: bytes to events, effects of the session to what they are. */
import { utf8 } from '../../base/bytes.ts'
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { ClientStream, SecurityContext } from '../../effects/client-net.ts'
import type { Timer } from '../../effects/clock.ts'
import type { MetalinkDoors } from '../../services/files/metalink.ts'
import type { FileUser } from '../../services/files/types.ts'
import { isIpv6, isLoopback, isPrivate, plainHost, portText } from './addresses.ts'
import { ControlLines } from './control-lines.ts'
import { DataChannel } from './data-channel.ts'
import { COMMANDS_WAITING_MAX, HANDSHAKE_MS, IDLE_MS, LOGIN_MS } from './limits.ts'
import type { FtpDoorOptions, FtpPapers } from './parts.ts'
import { reply, replyText, type Reply } from './replies.ts'
import { newSession, type Effect, type Event, type Session, type Transfer } from './session.ts'
import type { Sessions } from './sessions.ts'
import { Standing } from './standing.ts'
import { step } from './step.ts'
import { RunningTransfer } from './transfers.ts'
import { isGuestNick } from './verbs-login.ts'
import { carryOut, refusal, type WorkParts } from './works.ts'

/** A client that does not close after the last reply is closed. */
const LINGER_MS = 5 * SECOND_MS

export interface ConnectionParts {
  readonly options: FtpDoorOptions
  readonly sessions: Sessions
  readonly stream: ClientStream
  readonly papers: FtpPapers | undefined
  /** To be called once somebody has logged in. */
  readonly isKnown: () => void
}

export class FtpConnection {
  readonly #parts: ConnectionParts
  readonly #client: string
  readonly #channel: DataChannel
  readonly #lines = new ControlLines()
  readonly #gone = new AbortController()
  readonly closed: Promise<void>
  #session: Session
  #security: SecurityContext | undefined
  #transfer: RunningTransfer | undefined
  /** The client took back the transfer that was asked for last. */
  #isAborted = false
  #idle: Timer | undefined
  /** Of the account that is logged in. */
  #leaveAccount: (() => void) | undefined
  /** Of that account; a guest has none. */
  #standing: Standing | undefined
  #room: PromiseWithResolvers<void> | undefined
  /** Counts handshakes: what came in the same piece before one is not taken. */
  #handshakes = 0

  constructor(parts: ConnectionParts) {
    const { options, papers, stream } = parts
    this.#parts = parts
    this.#client = plainHost(stream.remote.host)
    this.#channel = new DataChannel({
      net: options.net,
      random: options.random,
      log: options.log,
      ports: options.passivePorts,
      local: stream.local,
      remote: stream.remote,
    })
    const rules = {
      hasTls: papers !== undefined,
      demandsTls: !isLoopback(this.#client),
      hasGuests: options.hasGuests,
      client: this.#client,
      version: options.version,
    }
    this.#session = newSession(rules, options.isImplicit)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.closed = promise
    this.#gone.signal.addEventListener('abort', () => resolve())
  }

  /** Never rejects. */
  async start(): Promise<void> {
    const { options, stream } = this.#parts
    if (options.isImplicit && !(await this.#shakeHands())) return this.#over()
    stream.receive({ bytes: (bytes) => this.#came(bytes), closed: () => this.#over() })
    this.#say(reply(220, `anillo ${options.version}`))
    this.#restartIdle()
  }

  /** With 421, and at once. */
  end(text: string): void {
    this.#event({ kind: 'ended', reply: reply(421, text) })
  }

  #came(bytes: Uint8Array): Promise<void> | undefined {
    const handshakes = this.#handshakes
    for (const line of this.#lines.take(bytes)) {
      // Sent before the encryption, by whomever: RFC 4217 section 4, and CVE-2011-0411.
      if (handshakes !== this.#handshakes) break
      this.#event({ kind: 'line', line })
    }
    if (this.#session.waiting.length < COMMANDS_WAITING_MAX) return undefined
    this.#room ??= Promise.withResolvers<void>()
    return this.#room.promise
  }

  #event(event: Event): void {
    const [session, effects] = step(this.#session, event)
    this.#session = session
    for (const effect of effects) this.#carryOut(effect)
    this.#restartIdle()
    if (session.waiting.length >= COMMANDS_WAITING_MAX) return
    this.#room?.resolve()
    this.#room = undefined
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'reply':
        return this.#say(effect.reply)
      case 'secure':
        return void this.#secure()
      case 'logIn':
        return void this.#logIn(effect)
      case 'logOut':
        this.#leaveAccount?.()
        this.#leaveAccount = undefined
        return
      case 'listen':
        return void this.#listen(effect.how)
      case 'closeData':
        return this.#channel.close()
      case 'work': {
        const { user, work } = effect
        const asked = { work, signal: this.#gone.signal }
        return void this.#asUser(user, async (now) => {
          this.#event({ kind: 'done', ...(await carryOut(this.#workParts(), now, asked)) })
        })
      }
      case 'transfer':
        this.#isAborted = false
        return void this.#asUser(effect.user, (now) => this.#run(effect.transfer, now))
      case 'abort':
        this.#isAborted = true
        return this.#transfer?.abort()
      case 'tellProgress':
        return this.#say(reply(213, this.#transfer?.progress ?? 'It begins.'))
      case 'end':
        return void this.#finish()
    }
  }

  #say(answer: Reply): void {
    void this.#parts.stream.send(utf8(replyText(answer)))
  }

  async #secure(): Promise<void> {
    this.#handshakes++
    this.#lines.clear()
    if (await this.#shakeHands()) this.#event({ kind: 'secured' })
    else this.#over()
  }

  async #shakeHands(): Promise<boolean> {
    const { options, papers, stream } = this.#parts
    if (papers === undefined) return false
    const timer = options.clock.after(HANDSHAKE_MS, () => stream.destroy())
    this.#security = options.net.securityContext(papers)
    const secured = await this.#security.secure(stream)
    timer.cancel()
    if (secured.kind === 'failed') {
      options.log.info('an FTP client did not encrypt', { problem: secured.problem })
    }
    return secured.kind === 'secured'
  }

  async #logIn({ nick, password }: { readonly nick: string; readonly password: string }) {
    try {
      const user = await this.#authenticated(nick, password)
      const leave = await this.#parts.sessions.enter(user.nick)
      if (leave === undefined) throw new AnilloError('BUSY', { what: `sessions of ${nick}` })
      if (this.#gone.signal.aborted) return leave()
      this.#leaveAccount = leave
      this.#parts.isKnown()
      const home = await this.#homeOf(user)
      this.#event({ kind: 'loggedIn', user, home })
    } catch (thrown) {
      const isFull = isAnilloError(thrown, 'BUSY')
      const refused = refusal(thrown, this.#parts.options.log)
      this.#event({ kind: 'notLoggedIn', reply: isFull ? { ...refused, code: 421 } : refused })
    }
  }

  /** A transfer that has begun goes on. */
  async #asUser(user: FileUser, carryOn: (now: FileUser) => Promise<void>): Promise<void> {
    try {
      const now = await this.#standing?.user()
      if (this.#gone.signal.aborted) return
      await carryOn(now ?? user)
    } catch (thrown) {
      if (isAnilloError(thrown, 'LOGIN_FIRST')) return this.end('Your log-in counts no more.')
      this.#event({ kind: 'done', reply: refusal(thrown, this.#parts.options.log) })
    }
  }

  async #authenticated(nick: string, password: string): Promise<FileUser> {
    const { accounts, hasGuests } = this.#parts.options
    this.#standing = undefined
    const address = isLoopback(this.#client) ? undefined : this.#client
    const door = { name: 'FTP', address }
    if (hasGuests && isGuestNick(nick)) {
      return { nick: undefined, isManager: false, mayWrite: false, groups: [], door }
    }
    const origin = { address, client: 'FTP' }
    const principal = await accounts.authenticateByPassword({ nick, password }, origin)
    this.#standing = new Standing(this.#parts.options, principal, door)
    return this.#standing.user()
  }

  /** The account’s own folder, where it has one. */
  async #homeOf(user: FileUser): Promise<string> {
    if (user.nick === undefined) return '/'
    const home = `/home/${user.nick}`
    const signal = this.#gone.signal
    return this.#parts.options.files.stat(user, home, { signal }).then(
      ({ kind }) => (kind === 'folder' ? home : '/'),
      () => '/',
    )
  }

  async #listen(how: 'PASV' | 'EPSV'): Promise<void> {
    try {
      const { host, port } = await this.#channel.listen()
      if (this.#gone.signal.aborted) return this.#channel.close()
      const text =
        how === 'EPSV'
          ? reply(229, `Entering Extended Passive Mode (|||${port}|)`)
          : reply(227, `Entering Passive Mode (${portText({ host: this.#toldHost(host), port })})`)
      this.#event({ kind: 'done', reply: text, change: { data: { kind: 'passive' } } })
    } catch (thrown) {
      this.#parts.options.log.warn('no port for a data connection', { error: thrown })
      this.#event({ kind: 'done', reply: reply(425, 'No port is free for data; try again.') })
    }
  }

  /** Clients within the network come by the member’s own address. */
  #toldHost(host: string): string {
    const { publicAddress } = this.#parts.options
    return publicAddress === undefined || isPrivate(this.#client) || isIpv6(host)
      ? host
      : publicAddress
  }

  #workParts(): WorkParts {
    return { ...this.#parts.options, doors: () => this.#doors() }
  }

  #doors(): Promise<MetalinkDoors> {
    return this.#parts.options.doors({ isFromBeyond: !isLoopback(this.#client) })
  }

  async #run(transfer: Transfer, user: FileUser): Promise<void> {
    const { options } = this.#parts
    const running = new RunningTransfer(
      {
        ...options,
        doors: () => this.#doors(),
        user,
        userNow: async () => (await this.#standing?.user()) ?? user,
        channel: this.#channel,
        security: this.#security,
        mark: (text) => this.#event({ kind: 'marked', reply: reply(150, text) }),
      },
      transfer,
    )
    this.#transfer = running
    if (this.#isAborted) running.abort()
    const last = await running.run()
    this.#transfer = undefined
    options.log.info('an FTP transfer ended', {
      by: user.nick ?? 'guest',
      what: transfer.what,
      bytes: running.bytes,
      code: last.code,
    })
    this.#event({ kind: 'done', reply: last })
  }

  #restartIdle(): void {
    this.#idle?.cancel()
    const { busy, isOver, login } = this.#session
    if (isOver || this.#gone.signal.aborted || busy !== 'no') return
    const forMs = login.kind === 'in' ? IDLE_MS : LOGIN_MS
    const text = `Nothing came for ${forMs / SECOND_MS} s.`
    this.#idle = this.#parts.options.clock.after(forMs, () => this.end(text))
  }

  async #finish(): Promise<void> {
    const { options, stream } = this.#parts
    options.clock.after(LINGER_MS, () => stream.destroy())
    await stream.finish()
  }

  #over(): void {
    if (this.#gone.signal.aborted) return
    this.#idle?.cancel()
    this.#transfer?.abort()
    this.#channel.close()
    this.#leaveAccount?.()
    this.#gone.abort()
    this.#room?.resolve()
    this.#parts.stream.destroy()
  }
}
