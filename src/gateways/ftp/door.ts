/** The FTP door of a member: takes connections, and bounds them. */
import { utf8 } from '../../base/bytes.ts'
import type { ClientStream } from '../../effects/client-net.ts'
import type { Endpoint, Listener } from '../../effects/net.ts'
import { plainHost } from './addresses.ts'
import { FtpConnection } from './connection.ts'
import type { FtpDoorOptions } from './parts.ts'
import { reply, replyText } from './replies.ts'
import { Sessions } from './sessions.ts'

export class FtpDoor {
  readonly #options: FtpDoorOptions
  readonly #sessions: Sessions
  readonly #connections = new Set<FtpConnection>()
  readonly #listeners = new Map<string, Listener>()
  #isClosed = false

  constructor(options: FtpDoorOptions) {
    this.#options = options
    this.#sessions = new Sessions(options.accountSessions)
  }

  /** Open control connections. */
  get connections(): number {
    return this.#connections.size
  }

  /** Addresses that are listened on, as they were given. */
  get hosts(): readonly string[] {
    return [...this.#listeners.keys()]
  }

  /** @throws AnilloError PORT_IN_USE */
  async listen(endpoint: Endpoint): Promise<Endpoint> {
    const connected = (stream: ClientStream): void => this.#connected(stream)
    const listener = await this.#options.net.listen({ endpoint, connected })
    this.#listeners.set(endpoint.host, listener)
    return listener.endpoint
  }

  /** Takes no further connection there; those that are open go on. */
  async leave(host: string): Promise<void> {
    const listener = this.#listeners.get(host)
    this.#listeners.delete(host)
    await listener?.close()
  }

  /** Ends all; what is being uploaded can be gone on with at another member. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.hosts.map((host) => this.leave(host)))
    const open = [...this.#connections]
    for (const connection of open) connection.end('This member stops; another has the same tree.')
    await Promise.all(open.map(({ closed }) => closed))
  }

  #connected(stream: ClientStream): void {
    const leave = this.#isClosed ? undefined : this.#sessions.open()
    if (leave === undefined) return refuse(stream)
    const strangers = this.#sessions.wait(plainHost(stream.remote.host))
    if (strangers === undefined) {
      leave()
      return refuse(stream)
    }
    const ended = (): void => {
      strangers()
      leave()
    }
    void this.#take({ stream, isKnown: strangers, ended })
  }

  async #take({ ended, isKnown, stream }: Arrival): Promise<void> {
    const { options, sessions } = { options: this.#options, sessions: this.#sessions }
    const papers = await options.papers()
    if (this.#isClosed) {
      ended()
      return refuse(stream)
    }
    const connection = new FtpConnection({ options, sessions, stream, papers, isKnown })
    this.#connections.add(connection)
    void connection.closed.then(() => {
      ended()
      this.#connections.delete(connection)
    })
    await connection.start()
  }
}

/** A connection that there is room for. */
interface Arrival {
  readonly stream: ClientStream
  /** To be called once somebody has logged in. */
  readonly isKnown: () => void
  /** To be called when it is over. */
  readonly ended: () => void
}

function refuse(stream: ClientStream): void {
  void stream.send(utf8(replyText(reply(421, 'Too many sessions; try again soon.'))))
  void stream.finish().finally(() => stream.destroy())
}
