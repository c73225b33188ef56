/** A door with a microblog in memory, and people who came by an application. */
import type { InjectOptions, LightMyRequestResponse } from 'fastify'

import { accountIdOf } from '../../../wire/account-ids.ts'
import type { GatewayOptions } from '../door.ts'
import { dweetsDoor } from '../dweets/dweets-door.test-helper.ts'
import { bearer } from '../entrance.test-helper.ts'
import { OUT_OF_BAND } from './oauth-apps.ts'

type Form = Readonly<Record<string, string | readonly string[]>>

export interface MadeApp {
  readonly client_id: string
  readonly client_secret: string
}

export const ANA = accountIdOf('ana')
export const BEN = accountIdOf('ben')
export const EVA = accountIdOf('eva')

export async function mastodonDoor(more: Partial<GatewayOptions> = {}) {
  const door = await dweetsDoor(more)
  const asked = async (
    method: NonNullable<InjectOptions['method']>,
    url: string,
    { form, headers, token }: { form?: Form; headers?: object; token?: string } = {},
  ): Promise<LightMyRequestResponse> =>
    door.ask({
      method,
      url,
      headers: { ...(token === undefined ? {} : bearer(token)), ...headers },
      ...(form === undefined ? {} : { payload: form }),
    })
  const makeApp = async (
    scopes = 'read write follow',
    redirects = OUT_OF_BAND,
  ): Promise<MadeApp> => {
    const form = { client_name: 'trial', redirect_uris: redirects, scopes }
    return (await asked('POST', '/api/v1/apps', { form })).json()
  }
  const app = await makeApp()
  const logIn = async (nick: string, scope = 'read write follow', by = app): Promise<string> => {
    const password = `${nick}-password`
    const form = { ...by, grant_type: 'password', username: nick, password, scope }
    return (await asked('POST', '/oauth/token', { form })).json().access_token
  }
  const as = (token: string) => ({
    token,
    get: (url: string) => asked('GET', url, { token }),
    post: (url: string, form: Form = {}, headers: object = {}) =>
      asked('POST', url, { form, headers, token }),
    put: (url: string, form: Form) => asked('PUT', url, { form, token }),
    patch: (url: string, form: Form) => asked('PATCH', url, { form, token }),
    delete: (url: string) => asked('DELETE', url, { token }),
  })
  return {
    ...door,
    asked,
    app,
    makeApp,
    logIn,
    as,
    ana: as(await logIn('ana')),
    ben: as(await logIn('ben')),
    eva: as(await logIn('eva')),
  }
}

/** The pages behind `Link`, by what they are to this one. */
export function linksOf({ headers }: LightMyRequestResponse): Readonly<Record<string, string>> {
  const header = String(headers['link'] ?? '')
  const found = header.matchAll(/<([^>]+)>; rel="(\w+)"/g)
  return Object.fromEntries(
    [...found].map(([, url = '', relation = '']) => {
      const { pathname, search } = new URL(url)
      return [relation, pathname + search]
    }),
  )
}
