/** Public links: whoever has one sees a file or a folder, with the rights of who made it. */
import type { CallOptions, WriteOptions } from '../../../store/types.ts'
import type { Entry, EntryKind, FileUser } from '../types.ts'

/**
 * `expired`: its time is over. `spent`: it was downloaded as often as allowed. `gone`: what it led
 * to is not there any more, or not its maker’s to give.
 */
export type LinkState = 'open' | 'expired' | 'spent' | 'gone'

/** As its maker, and managers, see it. */
export interface Link {
  /** 32 hex digits; opens nothing. */
  readonly id: string
  /** What opens it. */
  readonly token: string
  readonly by: string
  readonly kind: EntryKind
  /** Of what it leads to, as it was called when the link was made. */
  readonly name: string
  /** Where that is now; `undefined`: gone. */
  readonly path: string | undefined
  readonly createdMs: number
  readonly expiresMs: number | undefined
  readonly hasPassword: boolean
  readonly downloads: number
  readonly downloadsMax: number | undefined
  readonly state: LinkState
}

export interface LinkAsk {
  readonly path: string
  readonly expiresMs?: number
  readonly password?: string
  readonly downloadsMax?: number
}

/** `null`: without one. What is not named stays. */
export interface LinkChange {
  readonly expiresMs?: number | null
  readonly password?: string | null
  /** Beside those that were already. */
  readonly downloadsMore?: number | null
}

export interface LinkListAsk extends CallOptions {
  /** Of all makers; for managers. */
  readonly everybody?: boolean
  /** Those alone that lead there. */
  readonly path?: string
  readonly cursor?: string
  readonly limit?: number
}

export interface LinkPage {
  /** Of each page the newest first. */
  readonly links: readonly Link[]
  readonly cursor: string | undefined
}

/** A link that holds, for whoever came by it. */
export interface OpenLink {
  readonly id: string
  readonly token: string
  /** With whose rights: its maker’s, as they are at this moment. */
  readonly as: FileUser
  /** What it leads to, where it is now. */
  readonly entry: Entry
  readonly expiresMs: number | undefined
  readonly hasPassword: boolean
  readonly downloadsLeft: number | undefined
}

/** Who downloads, as far as it counts: the same one may go on. */
export interface Downloader {
  /** `undefined`: of this machine. */
  readonly address: string | undefined
  /** Of the file that is asked for. */
  readonly entry: Pick<Entry, 'id'>
  /** Its first byte is asked for: a download begins. */
  readonly isStart: boolean
}

export interface Links {
  /**
   * @throws AnilloError LOGIN_FIRST, NO_ENTRY, NO_ACCESS, LINKS_FULL, PASSWORD_UNFIT, BAD_REQUEST
   */
  make(who: FileUser, ask: LinkAsk, options?: WriteOptions): Promise<Link>
  /** @throws AnilloError LOGIN_FIRST, NO_ACCESS, NO_ENTRY (of `path`) */
  list(who: FileUser, ask?: LinkListAsk): Promise<LinkPage>
  /** @throws AnilloError LINK_UNKNOWN also where it is another’s */
  find(who: FileUser, id: string, options?: CallOptions): Promise<Link>
  /** @throws AnilloError as `find`, PASSWORD_UNFIT, BAD_REQUEST */
  change(who: FileUser, id: string, change: LinkChange, options?: WriteOptions): Promise<Link>
  /** No member lets anybody in by it once it is answered. @throws AnilloError as `find` */
  revoke(who: FileUser, id: string, options?: CallOptions): Promise<void>

  /**
   * @param proof as `unlock` gave it
   * @throws AnilloError LINK_UNKNOWN (never made, or revoked), LINK_EXPIRED, LINK_SPENT, LINK_GONE,
   * LINK_LOCKED (it needs its password)
   */
  open(token: string, proof?: string, options?: OpenOptions): Promise<OpenLink>
  /**
   * What shows for a day, at any member, that the password was known.
   * @throws AnilloError LINK_UNKNOWN, LINK_EXPIRED, LINK_PASSWORD_WRONG, SLOW_DOWN, BUSY
   */
  unlock(
    token: string,
    password: string,
    from: { readonly address: string | undefined },
  ): Promise<string>
  /** Before the first byte goes out. @throws AnilloError LINK_SPENT, LINK_UNKNOWN, LINK_EXPIRED */
  count(link: Pick<OpenLink, 'id'>, downloader: Downloader, options?: CallOptions): Promise<void>
}

export interface OpenOptions extends CallOptions {
  /** For what may be gone on with though nothing may be begun: no LINK_SPENT. */
  readonly goesOn?: boolean
}

/** Passwords of links: slow to compute, and guessed as slowly as those of accounts. */
export interface LinkPasswords {
  /** @throws AnilloError PASSWORD_UNFIT, BUSY */
  hash(password: string): Promise<string>
  /** @throws AnilloError SLOW_DOWN, BUSY */
  isRight(
    guess: { readonly subject: string; readonly password: string; readonly hash: string },
    from: { readonly address: string | undefined },
  ): Promise<boolean>
}
