/**
 * What a visitor shows for a link that has a password: the cookie of the page, or, as programs do,
 * the password itself with each request (RFC 7617), which is then checked as slowly as any.
 */
import type { FastifyRequest } from 'fastify'

import { tryText } from '../../../base/bytes.ts'
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import { PROOF_MS } from '../../../services/files/links/limits.ts'
import type { Links, OpenLink } from '../../../services/files/links/types.ts'
import { LINK_ADDRESS } from '../../../wire/api-links.ts'
import { originOf } from '../asker-origin.ts'

const COOKIE = 'anillo-link'
const BASIC = /^basic +([\w+/-]{1,1024}={0,2})$/i

/** Sent to this link alone; a browser that comes from a message shows it, too. */
export function proofCookie(
  token: string,
  { isSecure, proof }: { readonly proof: string; readonly isSecure: boolean },
): string {
  const head = `${COOKIE}=${proof}; Path=${LINK_ADDRESS}${token}; Max-Age=${PROOF_MS / SECOND_MS}`
  return `${head}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
}

function proofIn({ cookie = '' }: FastifyRequest['headers']): string | undefined {
  const pairs = cookie.split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1)
}

function passwordIn({ authorization = '' }: FastifyRequest['headers']): string | undefined {
  const [, base64] = BASIC.exec(authorization) ?? []
  const text = base64 === undefined ? undefined : tryText(Buffer.from(base64, 'base64'))
  const at = text?.indexOf(':') ?? -1
  return at === -1 ? undefined : text?.slice(at + 1)
}

/**
 * @param goesOn what may be gone on with though nothing may be begun is asked for
 * @throws AnilloError as `Links.open` and `Links.unlock`
 */
export async function openLink(
  links: Links,
  { request }: { readonly request: FastifyRequest },
  { goesOn, token }: { readonly token: string; readonly goesOn: boolean },
): Promise<{ readonly link: OpenLink; readonly again: () => Promise<void> }> {
  const { headers } = request
  let proof = proofIn(headers)
  const open = (): Promise<OpenLink> => links.open(token, proof, { goesOn })
  const link = await open().catch(async (thrown: unknown) => {
    const password = passwordIn(headers)
    if (!isAnilloError(thrown, 'LINK_LOCKED') || password === undefined) throw thrown
    proof = await links.unlock(token, password, originOf(request))
    return open()
  })
  const again = async (): Promise<void> => {
    const now = await links.open(token, proof, { goesOn: true })
    if (now.entry.path !== link.entry.path) throw new AnilloError('NO_ENTRY', { path: '' })
  }
  return { link, again }
}
