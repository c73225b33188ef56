/** `/v1/links`: making, listing, changing and revoking public links. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import { utf8 } from '../../../base/bytes.ts'
import { instant } from '../../../base/instant.ts'
import type { Link, Links, LinkListAsk } from '../../../services/files/links/types.ts'
import type { ToldAnswer } from '../../../services/files/repeats/types.ts'
import type { FileUser } from '../../../services/files/types.ts'
import type { Files } from '../../../services/files/types.ts'
import {
  LINK_ADDRESS,
  NewPublicLink,
  PublicLink,
  PublicLinkChange,
  PublicLinkList,
  PublicLinkListQuestion,
} from '../../../wire/api-links.ts'
import { Problem } from '../../../wire/api.ts'
import type { AuditWhat } from '../../../wire/audit.ts'
import { doerOf, originOf } from '../asker-origin.ts'
import { isFromBeyond } from '../beyond.ts'
import type { GatewayOptions } from '../door.ts'
import { answerOnce, DONE } from '../files/answer-once.ts'
import { fileUserOf } from '../files/file-door.ts'
import { ONCE_HEADERS, writeOptionsOf } from '../idempotency.ts'

const tags = ['links']

export interface LinkOrdersDoor extends Pick<GatewayOptions, 'clock' | 'entrance' | 'repeats'> {
  readonly files: Files
  readonly links: Links
}

const OneParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })

interface One {
  readonly Params: { readonly id: string }
}

export function addLinkOrders(server: FastifyInstance, door: LinkOrdersDoor): void {
  addMaking(server, door)
  addLists(server, door)
  addChanges(server, door)
}

function addMaking(server: FastifyInstance, door: LinkOrdersDoor): void {
  server.post<{ Body: NewPublicLink }>(
    '/v1/links',
    {
      schema: {
        summary: 'Make a public link of a file or a folder',
        description:
          'Whoever has the link sees and downloads what it leads to, without an account, with the ' +
          'rights of its maker at that time. It is for who owns the path or may give rights on it. ' +
          'It follows what it leads to when that is moved or renamed.',
        tags,
        headers: ONCE_HEADERS,
        body: NewPublicLink,
        response: { 201: PublicLink, 403: Problem, 404: Problem, 409: Problem, 422: Problem },
      },
    },
    async (request, reply) => {
      const { downloadsMax, expiresAt, password, path } = request.body
      const ask = {
        path,
        ...(expiresAt === undefined ? {} : { expiresMs: Date.parse(expiresAt) }),
        ...(password === undefined ? {} : { password }),
        ...(downloadsMax === undefined ? {} : { downloadsMax }),
      }
      // No quick hash of a password is kept.
      const sent = { ...ask, password: password !== undefined }
      const carryOut = async (): Promise<ToldAnswer> => {
        // One step in one partition: that keeps its answer itself.
        const options = writeOptionsOf(request, utf8(JSON.stringify(sent)))
        const link = await door.links.make(fileUserOf(request), ask, options)
        note(door, request, { what: 'link.make', link })
        return { status: 201, body: linkJson(request, link) }
      }
      void reply.header('cache-control', 'no-store')
      return answerOnce(door, { request, reply }, { carryOut, recalled: carryOut, sent })
    },
  )
}

interface Listing {
  readonly Querystring: Omit<LinkListAsk, 'timeoutMs' | 'signal'>
}

function addLists(server: FastifyInstance, { links }: LinkOrdersDoor): void {
  server.get<Listing>(
    '/v1/links',
    {
      schema: {
        summary: 'Public links that the account made',
        tags,
        querystring: PublicLinkListQuestion,
        response: { 200: PublicLinkList, 403: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      const page = await links.list(fileUserOf(request), request.query)
      void reply.header('cache-control', 'no-store')
      const { cursor } = page
      const items = page.links.map((link) => linkJson(request, link))
      return { items, ...(cursor === undefined ? {} : { cursor }) }
    },
  )
  server.get<One>(
    '/v1/links/:id',
    {
      schema: {
        summary: 'A public link',
        tags,
        params: OneParams,
        response: { 200: PublicLink, 404: Problem },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      return linkJson(request, await links.find(fileUserOf(request), request.params.id))
    },
  )
}

function addChanges(server: FastifyInstance, door: LinkOrdersDoor): void {
  const { links } = door
  server.patch<One & { Body: PublicLinkChange }>(
    '/v1/links/:id',
    {
      schema: {
        summary: 'Change when a public link ends, its password, how many downloads it is for',
        tags,
        params: OneParams,
        headers: ONCE_HEADERS,
        body: PublicLinkChange,
        response: { 200: PublicLink, 404: Problem, 422: Problem },
      },
    },
    async (request, reply) => {
      const { expiresAt, ...others } = request.body
      const change = {
        ...others,
        ...(expiresAt === undefined ? {} : { expiresMs: timeOf(expiresAt) }),
      }
      const { password } = others
      const secret = password === undefined ? {} : { password: password !== null }
      const sent = { ...request.body, ...secret }
      const carryOut = async (): Promise<ToldAnswer> => {
        const options = writeOptionsOf(request, utf8(JSON.stringify(sent)))
        const link = await links.change(fileUserOf(request), request.params.id, change, options)
        note(door, request, { what: 'link.change', link })
        return { status: 200, body: linkJson(request, link) }
      }
      void reply.header('cache-control', 'no-store')
      return answerOnce(door, { request, reply }, { carryOut, recalled: carryOut, sent })
    },
  )
  server.delete<One>(
    '/v1/links/:id',
    {
      schema: {
        summary: 'Revoke a public link',
        description: 'Once it is answered, no member lets anybody in by it.',
        tags,
        params: OneParams,
        headers: ONCE_HEADERS,
        response: { 204: Type.Null(), 404: Problem },
      },
    },
    async (request, reply) => {
      const carryOut = async (): Promise<ToldAnswer> => {
        const who: FileUser = fileUserOf(request)
        const link = await links.find(who, request.params.id)
        await links.revoke(who, link.id)
        note(door, request, { what: 'link.revoke', link })
        return DONE
      }
      return answerOnce(door, { request, reply }, { carryOut, recalled: () => DONE })
    },
  )
}

function timeOf(text: string | null): number | null {
  return text === null ? null : Date.parse(text)
}

function note(
  { entrance }: LinkOrdersDoor,
  request: FastifyRequest,
  { link, what }: { readonly what: AuditWhat; readonly link: Link },
): void {
  const { address } = originOf(request)
  entrance?.accounts.note({
    by: doerOf(request.asker),
    what,
    to: link.by,
    detail: (link.path ?? link.name).slice(0, DETAIL_CHARS_MAX),
    ...(address === undefined ? {} : { address }),
  })
}

/** As the audit log takes it. */
const DETAIL_CHARS_MAX = 256

function linkJson(request: FastifyRequest, link: Link): PublicLink {
  const { createdMs, downloadsMax, expiresMs, path, token, ...told } = link
  const scheme = isFromBeyond(request.raw) ? 'https' : 'http'
  const address = LINK_ADDRESS + token
  return {
    ...told,
    url: `${scheme}://${request.headers.host ?? ''}${address}`,
    address,
    createdAt: instant(createdMs),
    ...(path === undefined ? {} : { path }),
    ...(expiresMs === undefined ? {} : { expiresAt: instant(expiresMs) }),
    ...(downloadsMax === undefined ? {} : { downloadsMax }),
  }
}
