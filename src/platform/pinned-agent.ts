/**
 * Connections to sites that serve several requests, each to one checked address. One is given again
 * only to the same name, port and protocol at the same address.
 */
import { Agent as PlainAgent, type ClientRequestArgs } from 'node:http'
import { Agent as TlsAgent } from 'node:https'
import { Socket } from 'node:net'

import { asAnilloError } from '../base/errors.ts'
import { SECOND_MS } from '../base/limits.ts'

/** Sites close theirs after 5 s, the commonest of them; who is asked again is asked sooner. */
const IDLE_MS = 4 * SECOND_MS
/** Of one site; more are asked at once seldom. */
const IDLE_MAX = 8

const OPTIONS = { keepAlive: true, timeout: IDLE_MS, maxFreeSockets: IDLE_MAX } as const

/** What a request carries for its agent, beside what Node knows of. */
export interface Pinned {
  /** Requests with the same one may share a connection. */
  readonly pinnedTo: string
  /** Connected, and checked. */
  readonly openSocket: () => Promise<Socket>
}

type Connected = (error: Error | null, socket: Socket) => void

function pinnedOf(options: ClientRequestArgs | undefined): Pinned {
  return options as unknown as Pinned
}

function connect(options: ClientRequestArgs, connected: Connected | undefined): undefined {
  pinnedOf(options)
    .openSocket()
    .then(
      (socket) => connected?.(null, socket),
      (thrown: unknown) => connected?.(asAnilloError(thrown), new Socket()),
    )
}

class PinnedPlainAgent extends PlainAgent {
  override getName(options?: ClientRequestArgs): string {
    return pinnedOf(options).pinnedTo
  }

  override createConnection(options: ClientRequestArgs, connected?: Connected): undefined {
    return connect(options, connected)
  }
}

class PinnedTlsAgent extends TlsAgent {
  override getName(options?: ClientRequestArgs): string {
    return pinnedOf(options).pinnedTo
  }

  override createConnection(options: ClientRequestArgs, connected?: Connected): undefined {
    return connect(options, connected)
  }
}

/** One for both protocols: connections are never shared between them. */
export class PinnedAgents {
  readonly #plain = new PinnedPlainAgent(OPTIONS)
  readonly #tls = new PinnedTlsAgent(OPTIONS)

  of(protocol: string): PlainAgent {
    return protocol === 'https:' ? this.#tls : this.#plain
  }
}
