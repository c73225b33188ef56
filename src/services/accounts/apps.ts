/** Applications over the ring's store: what is made here any member knows. */
import { utf8 } from '../../base/bytes.ts'
import { sameDigest, sha256Hex } from '../../base/hash.ts'
import { bytesOfHex, hexOf } from '../../base/hex.ts'
import { makeApp, redeemCode, reseedApp, useApp } from './app-procedures.ts'
import { appKey, partitionOfApp, readApp, type AppRow } from './app-rows.ts'
import type {
  App,
  AppGrant,
  Apps,
  AppToken,
  CodeGrant,
  CodeProof,
  MadeApp,
  NewApp,
} from './app-types.ts'
import type { Credentials, LoggingIn } from './logging-in.ts'
import { callFor, type AccountsOptions } from './parts.ts'
import { sessionKey } from './places.ts'
import { readSession } from './rows.ts'
import {
  appSecretOf,
  base64url,
  newId,
  newSecret,
  readAppToken,
  readCode,
  readSessionToken,
  SEED_BYTES,
  writeAppToken,
  writeCode,
  writeSessionToken,
} from './secrets.ts'
import { endSessions, type AppSession } from './session-procedures.ts'
import { requireName } from './texts.ts'
import type { Origin } from './types.ts'

export interface RingAppsParts {
  readonly options: AccountsOptions
  readonly logins: Pick<LoggingIn, 'open'>
}

const APP_ID = /^[\w-]{16}$/

export class RingApps implements Apps {
  readonly #options: AccountsOptions
  readonly #logins: RingAppsParts['logins']

  constructor({ logins, options }: RingAppsParts) {
    this.#options = options
    this.#logins = logins
  }

  async make(app: NewApp): Promise<MadeApp> {
    const { effects, store } = this.#options
    const { random } = effects
    const id = newId(random)
    const secret = newSecret(random)
    const fields = { ...app, name: requireName(app.name) }
    const seed = hexOf(random.bytes(SEED_BYTES))
    const input = { id, ...mutable(fields), hash: sha256Hex(secret), seed }
    await store.call(partitionOfApp(id), makeApp, input)
    return { ...fields, id, secret }
  }

  async find(id: string): Promise<App | undefined> {
    const row = await this.#row(id)
    return row === undefined ? undefined : appOf(id, row)
  }

  async prove(id: string, secret: string): Promise<App | undefined> {
    const row = await this.#row(id)
    if (row === undefined || !sameDigest(row.hash, sha256Hex(secret))) return undefined
    return appOf(id, row)
  }

  async tokenOf({ app, scopes }: AppGrant): Promise<AppToken> {
    const { effects } = this.#options
    const row = await this.#row(app.id)
    const secret = appSecretOf(effects.crypto, row?.seed ?? '', scopes)
    const token = writeAppToken({ id: app.id, scopes, secret })
    return { token, scopes, createdAtMs: effects.clock.wallMs() }
  }

  async logIn(credentials: Credentials, from: Origin, grant: AppGrant): Promise<AppToken> {
    const secret = newSecret(this.#options.effects.random)
    const opened = await this.#open(credentials, from, {
      grant,
      more: { bearer: sha256Hex(secret) },
    })
    return {
      token: writeSessionToken({ ...opened, secret }),
      scopes: grant.scopes,
      createdAtMs: this.#options.effects.clock.wallMs(),
    }
  }

  async grantCode(credentials: Credentials, from: Origin, grant: CodeGrant): Promise<string> {
    const secret = newSecret(this.#options.effects.random)
    const { challenge, redirectUri } = grant
    const code = codeOf(secret, { redirectUri, challenge })
    const opened = await this.#open(credentials, from, { grant, more: { code } })
    return writeCode({ ...opened, secret })
  }

  async redeem(text: string, proof: CodeProof): Promise<AppToken | undefined> {
    const named = readCode(text)
    if (named === undefined) return undefined
    const { id, nick, secret } = named
    const { app, redirectUri, verifier } = proof
    const challenge =
      verifier === undefined ? undefined : base64url(bytesOfHex(sha256Hex(utf8(verifier))))
    const token = newSecret(this.#options.effects.random)
    const answer = await callFor(this.#options, redeemCode, {
      nick,
      id,
      app: app.id,
      shown: codeOf(secret, { redirectUri, challenge }),
      bearer: sha256Hex(token),
      actor: { by: nick },
    })
    if (answer.kind === 'unknown') return undefined
    const { createdAtMs, scopes } = answer
    return { token: writeSessionToken({ nick, id, secret: token }), scopes, createdAtMs }
  }

  async revoke(token: string, app: App): Promise<void> {
    const { effects, store } = this.#options
    const ofApp = readAppToken(token)
    if (ofApp !== undefined && ofApp.id === app.id) {
      const seed = hexOf(effects.random.bytes(SEED_BYTES))
      await store.call(partitionOfApp(app.id), reseedApp, { id: app.id, seed })
      return
    }
    const named = readSessionToken(token)
    if (named === undefined) return
    const { id, nick, secret } = named
    const record = await store.get(sessionKey(nick, id))
    if (record === undefined) return
    const row = readSession(record)
    const isIts = row.app?.id === app.id && sameDigest(row.bearer ?? '', sha256Hex(secret))
    if (isIts) await callFor(this.#options, endSessions, { nick, id, actor: { by: nick } })
  }

  async #open(
    credentials: Credentials,
    from: Origin,
    { grant, more }: { readonly grant: AppGrant; readonly more: AppSession },
  ): Promise<{ readonly nick: string; readonly id: string }> {
    const { app, scopes } = grant
    const { id, name, website } = app
    const told = { id, name, ...(website === undefined ? {} : { website }), scopes: [...scopes] }
    const client = { ...from, client: name }
    const opened = await this.#logins.open(credentials, client, { app: told, ...more })
    await this.#options.store.call(partitionOfApp(id), useApp, { id })
    return opened
  }

  async #row(id: string): Promise<AppRow | undefined> {
    if (!APP_ID.test(id)) return undefined
    const record = await this.#options.store.get(appKey(id))
    return record === undefined ? undefined : readApp(record)
  }
}

function codeOf(
  secret: string,
  {
    challenge,
    redirectUri,
  }: { readonly redirectUri: string; readonly challenge: string | undefined },
) {
  const hash = sha256Hex(secret)
  return { hash, redirectUri, ...(challenge === undefined ? {} : { challenge }) }
}

function appOf(id: string, { name, redirectUris, scopes, website }: AppRow): App {
  return { id, name, ...(website === undefined ? {} : { website }), redirectUris, scopes }
}

function mutable({ redirectUris, scopes, ...rest }: NewApp) {
  return { ...rest, redirectUris: [...redirectUris], scopes: [...scopes] }
}
