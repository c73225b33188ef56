/** A transfer as those see it that move its bytes. */
import type { ClientStream, SecurityContext } from '../../effects/client-net.ts'
import type { Clock } from '../../effects/clock.ts'
import type { Log } from '../../effects/log.ts'
import type { Random } from '../../effects/random.ts'
import type { MetalinkDoors } from '../../services/files/metalink.ts'
import type { Files, FileUser } from '../../services/files/types.ts'
import type { DataChannel } from './data-channel.ts'
import { reply, type Reply } from './replies.ts'
import type { Transfer } from './session.ts'

export interface TransferParts {
  readonly files: Files
  readonly doors: () => Promise<MetalinkDoors>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly channel: DataChannel
  /** Of the control connection; `undefined` where that is not encrypted. */
  readonly security: SecurityContext | undefined
  readonly demandsReuse: boolean
  readonly user: FileUser
  /** As the ring knows them by now. @throws AnilloError LOGIN_FIRST */
  readonly userNow: () => Promise<FileUser>
  /** Tells the client that it begins. */
  readonly mark: (text: string) => void
}

/** A reply that ends a transfer early. */
export class TransferEnd extends Error {
  readonly reply: Reply

  constructor(code: number, text: string) {
    super(text)
    this.reply = reply(code, text)
  }
}

export interface Running {
  readonly parts: TransferParts
  readonly transfer: Transfer
  /** Aborted: the client, or the member, wants its end. */
  readonly signal: AbortSignal
  /** Moved so far. */
  readonly bytes: number
  moved(bytes: number): void
  /**
   * The data connection, encrypted where that was asked for.
   * @returns `untouched` where the client closed it before a handshake
   * @throws TransferEnd
   */
  connect(): Promise<ClientStream | 'untouched'>
}
