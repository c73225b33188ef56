/**
 * One FTP session as a machine: `step(session, event)` gives the session after it and what is to be
 * done. It knows no socket, clock or file; `docs/spec/ftp.md` has its states and replies.
 */
import type { DigestName } from '../../base/digests.ts'
import type { Endpoint } from '../../effects/net.ts'
import type { FileUser } from '../../services/files/types.ts'
import type { ControlLine } from './control-lines.ts'
import type { Fact } from './listing.ts'
import type { Reply } from './replies.ts'

/** What the door is like, for all sessions of it. */
export interface SessionRules {
  /** Encryption can be had. */
  readonly hasTls: boolean
  /** This client may only log in, and transfer, with encryption. */
  readonly demandsTls: boolean
  /** `anonymous` is a guest. */
  readonly hasGuests: boolean
  /** IP address of the client, without port. */
  readonly client: string
  readonly version: string
}

export type LogInState =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'named'; readonly nick: string }
  | { readonly kind: 'in'; readonly user: FileUser }

/** Where the next data connection comes from. */
export type DataSource =
  | { readonly kind: 'none' }
  | { readonly kind: 'passive' }
  | { readonly kind: 'active'; readonly to: Endpoint }

export interface ByteRange {
  readonly from: number
  /** Not included. */
  readonly to: number
}

export interface Session {
  readonly rules: SessionRules
  readonly login: LogInState
  /** Logged in wrongly so often. */
  readonly wrongLogins: number
  readonly isSecure: boolean
  /** `PBSZ` came. */
  readonly hasBufferSize: boolean
  /** `PROT P`. */
  readonly isDataSecure: boolean
  readonly cwd: string
  readonly type: 'A' | 'I'
  readonly data: DataSource
  /** `EPSV ALL` came: no other way to a data connection from then on (RFC 2428 section 4). */
  readonly isExtendedOnly: boolean
  readonly restartAt: number
  readonly range: ByteRange | undefined
  readonly renameFrom: string | undefined
  readonly copyFrom: string | undefined
  readonly facts: readonly Fact[]
  readonly digest: DigestName
  readonly busy: 'no' | 'work' | 'transfer' | 'aborting'
  /** Came while it was busy. */
  readonly waiting: readonly ControlLine[]
  readonly isOver: boolean
}

/** What is asked of the tree; the answer is one reply. */
export type Work =
  | { readonly do: 'enter' | 'makeFolder' | 'removeFolder' | 'remove'; readonly path: string }
  | { readonly do: 'size' | 'time' | 'available'; readonly path: string }
  | { readonly do: 'renameFrom' | 'copyFrom'; readonly path: string }
  | { readonly do: 'rename' | 'copy'; readonly from: string; readonly to: string }
  | { readonly do: 'combine'; readonly to: string; readonly parts: readonly string[] }
  | { readonly do: 'describe'; readonly path: string; readonly facts: readonly Fact[] }
  | { readonly do: 'listHere'; readonly path: string }
  | {
      readonly do: 'touch'
      readonly path: string
      readonly change: { modifiedMs?: number; createdMs?: number; mode?: number }
      /** What the reply says of it before the path; of `SITE` a sentence. */
      readonly told: string
      readonly code: 200 | 213
    }
  | {
      readonly do: 'digest'
      readonly path: string
      readonly digest: DigestName
      readonly range: ByteRange | undefined
      /** `HASH` tells what it is of, X commands the digest alone. */
      readonly form: 'HASH' | 'X'
    }
  | { readonly do: 'versions'; readonly path: string }
  | { readonly do: 'room'; readonly bytes: number }
  | { readonly do: 'undelete'; readonly what: string | undefined }
  | { readonly do: 'restoreVersion'; readonly path: string; readonly version: number }
  | { readonly do: 'quota' | 'where' }

/** What goes over a data connection. */
export type Transfer = TransferWhat & {
  readonly source: Exclude<DataSource, { readonly kind: 'none' }>
  readonly isSecure: boolean
  readonly isText: boolean
}

export type TransferWhat =
  | { readonly what: 'send'; readonly path: string; readonly range: Partial<ByteRange> }
  | { readonly what: 'store'; readonly path: string; readonly at: number }
  | { readonly what: 'append'; readonly path: string }
  | { readonly what: 'storeUnique'; readonly folder: string; readonly name: string }
  /** `prefix` stands before names that a pattern found: the folder as the client wrote it. */
  | { readonly what: 'list' | 'names'; readonly path: string; readonly prefix: string }
  | { readonly what: 'facts'; readonly path: string; readonly facts: readonly Fact[] }

export type Effect =
  | { readonly kind: 'reply'; readonly reply: Reply }
  /** After the replies before it. Answered by `secured`, or the end of the connection. */
  | { readonly kind: 'secure' }
  /** Answered by `loggedIn` or `done`. */
  | { readonly kind: 'logIn'; readonly nick: string; readonly password: string }
  | { readonly kind: 'logOut' }
  /** Answered by `done`. */
  | { readonly kind: 'listen'; readonly how: 'PASV' | 'EPSV' }
  /** What was listened on, or connected without a transfer, is closed. */
  | { readonly kind: 'closeData' }
  /** Answered by `done`. */
  | { readonly kind: 'work'; readonly work: Work; readonly user: FileUser }
  /** Answered by `marked`, where it can begin, and `done`. */
  | { readonly kind: 'transfer'; readonly transfer: Transfer; readonly user: FileUser }
  /** Answered by the transfer’s own `done`. */
  | { readonly kind: 'abort' }
  /** How far the transfer is: answered by the driver, with a reply of its own. */
  | { readonly kind: 'tellProgress' }
  /** Sends what waits, and closes. */
  | { readonly kind: 'end' }

export type Event =
  | { readonly kind: 'line'; readonly line: ControlLine }
  | { readonly kind: 'secured' }
  | { readonly kind: 'loggedIn'; readonly user: FileUser; readonly home: string }
  | { readonly kind: 'notLoggedIn'; readonly reply: Reply }
  /** A transfer begins. */
  | { readonly kind: 'marked'; readonly reply: Reply }
  | { readonly kind: 'done'; readonly reply: Reply; readonly change?: SessionChange }
  /** Too long without a command, or the member stops. */
  | { readonly kind: 'ended'; readonly reply: Reply }

/** What the outcome of work means for the session. */
export type SessionChange = Partial<Pick<Session, 'cwd' | 'renameFrom' | 'copyFrom' | 'data'>>

/** The session after it, and what is to be done, in order. */
export type Step = readonly [Session, readonly Effect[]]

export function newSession(rules: SessionRules, isSecure: boolean): Session {
  return {
    rules,
    login: { kind: 'nobody' },
    wrongLogins: 0,
    isSecure,
    hasBufferSize: isSecure,
    isDataSecure: isSecure,
    cwd: '/',
    ...defaultParameters(),
    busy: 'no',
    waiting: [],
    isOver: false,
  }
}

/** What `REIN` gives back. */
export function defaultParameters() {
  return {
    type: 'A',
    data: { kind: 'none' },
    isExtendedOnly: false,
    restartAt: 0,
    range: undefined,
    renameFrom: undefined,
    copyFrom: undefined,
    facts: ['Type', 'Size', 'Modify', 'Perm', 'Unique'],
    digest: 'SHA-256',
  } as const satisfies Partial<Session>
}

export function replied(session: Session, reply: Reply): Step {
  return [session, [{ kind: 'reply', reply }]]
}
