/** What the FTP door is made of, and what it asks of the member. */
import type { ClientNet } from '../../effects/client-net.ts'
import type { Clock } from '../../effects/clock.ts'
import type { Log } from '../../effects/log.ts'
import type { Random } from '../../effects/random.ts'
import type { Accounts, Principal } from '../../services/accounts/types.ts'
import type { AccountSessions } from '../../services/files/doors/account-sessions.ts'
import type { MetalinkDoors } from '../../services/files/metalink.ts'
import type { Files, FileUser } from '../../services/files/types.ts'

/** As PEM; the certificate with its chain. */
export interface FtpPapers {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

export interface FtpDoorOptions {
  readonly files: Files
  readonly accounts: Pick<Accounts, 'asOfNow' | 'authenticateByPassword'>
  /** What an account may do with files. */
  readonly fileUser: (principal: Principal) => FileUser
  /** Those of an account count over the ring. */
  readonly accountSessions: Pick<AccountSessions, 'enter'>
  readonly net: ClientNet
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly version: string
  /**
   * For a connection that comes; `undefined`: there is no certificate yet, and so no encryption.
   * Never rejects.
   */
  readonly papers: () => Promise<FtpPapers | undefined>
  /** Connections begin with the handshake. */
  readonly isImplicit: boolean
  /** A data connection must go on with a session of its control connection. */
  readonly demandsReuse: boolean
  /** `anonymous` is a guest. */
  readonly hasGuests: boolean
  readonly passivePorts: { readonly first: number; readonly last: number }
  /** IPv4 by which clients of other networks come, where a router stands before the member. */
  readonly publicAddress: string | undefined
  /** FTP addresses of members by which the same tree is to be had. */
  readonly where: () => Promise<readonly string[]>
  /** Of the members, as a client can use them, for `NAME.meta4`. */
  readonly doors: (asked: { readonly isFromBeyond: boolean }) => Promise<MetalinkDoors>
}
