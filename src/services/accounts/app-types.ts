/**
 * Applications that people let in, as doors see them (OAuth 2.0, RFC 6749). What an application
 * holds for somebody is a session of theirs: it stands among their log-ins, and when it is ended
 * there or here no member takes its token any more.
 */
import type { Origin } from './origin.ts'

export interface NewApp {
  readonly name: string
  readonly website?: string
  /** Where codes may be sent, to the letter. */
  readonly redirectUris: readonly string[]
  readonly scopes: readonly string[]
}

export interface App extends NewApp {
  readonly id: string
}

export interface MadeApp extends App {
  /** Told once. */
  readonly secret: string
}

/** With which rights it is let in. */
export interface AppGrant {
  readonly app: App
  readonly scopes: readonly string[]
}

export interface CodeGrant extends AppGrant {
  readonly redirectUri: string
  /** `S256` of RFC 7636, 4.2: 43 letters of base64url. */
  readonly challenge?: string
}

/** What is shown with a code (RFC 6749, 4.1.3; RFC 7636, 4.5). */
export interface CodeProof {
  readonly app: App
  readonly redirectUri: string
  readonly verifier?: string
}

export interface AppToken {
  readonly token: string
  readonly scopes: readonly string[]
  readonly createdAtMs: number
}

interface Credentials {
  readonly nick: string
  readonly password: string
}

/** All reject with AnilloError: STORE_UNAVAILABLE, OUTCOME_UNKNOWN, BUSY. */
export interface Apps {
  /** One that nobody lets in is forgotten after a while. @throws AnilloError NAME_UNFIT */
  make(app: NewApp): Promise<MadeApp>
  /** `undefined`: there is none, or not any more. */
  find(id: string): Promise<App | undefined>
  /** `undefined`: that is not its secret. */
  prove(id: string, secret: string): Promise<App | undefined>
  /** For the application itself, as nobody (RFC 6749, 4.4). */
  tokenOf(grant: AppGrant): Promise<AppToken>
  /** @throws AnilloError BAD_LOGIN, ACCOUNT_SUSPENDED, SLOW_DOWN */
  logIn(credentials: Credentials, from: Origin, grant: AppGrant): Promise<AppToken>
  /** A code that counts for ten minutes, once. @throws AnilloError as `logIn` */
  grantCode(credentials: Credentials, from: Origin, grant: CodeGrant): Promise<string>
  /** `undefined`: it does not hold. Shown again, what came of it ends (RFC 6749, 4.1.2). */
  redeem(code: string, proof: CodeProof): Promise<AppToken | undefined>
  /** Done when no member takes it any more; a token of somebody else is nothing to it. */
  revoke(token: string, app: App): Promise<void>
}
