/**
 * Where the data connections of one session come from: a port that is listened on, or one of the
 * client. Strangers are not let in: both ends of the two connections are the same hosts.
 */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { ClientNet, ClientStream } from '../../effects/client-net.ts'
import type { Log } from '../../effects/log.ts'
import type { Endpoint, Listener } from '../../effects/net.ts'
import type { Random } from '../../effects/random.ts'
import { plainHost } from './addresses.ts'
import { PASSIVE_TRIES_MAX } from './limits.ts'
import type { DataSource } from './session.ts'

export interface DataChannelOptions {
  readonly net: ClientNet
  readonly random: Random
  readonly log: Log
  readonly ports: { readonly first: number; readonly last: number }
  /** Both ends of the control connection. */
  readonly local: Endpoint
  readonly remote: Endpoint
}

interface Passive {
  readonly listener: Listener
  readonly arrived: PromiseWithResolvers<ClientStream>
  stream: ClientStream | undefined
}

export class DataChannel {
  readonly #options: DataChannelOptions
  #passive: Passive | undefined

  constructor(options: DataChannelOptions) {
    this.#options = options
  }

  /** At a port of the range that is free. @throws AnilloError PORT_IN_USE: none was found */
  async listen(): Promise<Endpoint> {
    this.close()
    const { first, last } = this.#options.ports
    const count = last - first + 1
    const start = this.#options.random.below(count)
    const tries = Math.min(count, PASSIVE_TRIES_MAX)
    for (let index = 0; ; index++) {
      try {
        return await this.#listenAt(first + ((start + index) % count))
      } catch (thrown) {
        if (!isAnilloError(thrown, 'PORT_IN_USE') || index + 1 >= tries) throw thrown
      }
    }
  }

  /**
   * The connection, from where `source` says. Whoever asks closes it.
   * @throws AnilloError RPC_CANCELLED, RPC_UNREACHABLE
   */
  async open(
    source: Exclude<DataSource, { readonly kind: 'none' }>,
    signal: AbortSignal,
  ): Promise<ClientStream> {
    const { local, net } = this.#options
    if (source.kind === 'active') {
      return net.connect({ to: source.to, from: { host: plainHost(local.host), port: 0 }, signal })
    }
    const passive = this.#passive
    if (passive === undefined) throw new AnilloError('RPC_CANCELLED')
    const broken = Promise.withResolvers<never>()
    const cancel = (): void => broken.reject(new AnilloError('RPC_CANCELLED'))
    signal.addEventListener('abort', cancel)
    if (signal.aborted) cancel()
    try {
      const stream = await Promise.race([passive.arrived.promise, broken.promise])
      passive.stream = undefined
      return stream
    } finally {
      signal.removeEventListener('abort', cancel)
      this.close()
    }
  }

  /** What was listened on, and who came without being asked for. */
  close(): void {
    const passive = this.#passive
    this.#passive = undefined
    passive?.stream?.destroy()
    void passive?.listener.close()
  }

  async #listenAt(port: number): Promise<Endpoint> {
    const { local, net } = this.#options
    const arrived = Promise.withResolvers<ClientStream>()
    const listener = await net.listen({
      endpoint: { host: plainHost(local.host), port },
      connected: (stream) => this.#connected(stream, arrived),
    })
    this.#passive = { listener, arrived, stream: undefined }
    return listener.endpoint
  }

  #connected(stream: ClientStream, arrived: PromiseWithResolvers<ClientStream>): void {
    const passive = this.#passive
    const isOwn = plainHost(stream.remote.host) === plainHost(this.#options.remote.host)
    if (passive?.arrived !== arrived || passive.stream !== undefined || !isOwn) {
      const { log } = this.#options
      if (!isOwn) log.warn('a data connection of a stranger', { from: stream.remote.host })
      stream.destroy()
      return
    }
    passive.stream = stream
    arrived.resolve(stream)
  }
}
