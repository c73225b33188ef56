/** Small stand-ins for what enrolment asks of the world. */
import { createHmac } from 'node:crypto'

import { AnilloError } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import { parseMemberId, parseRingId } from '../../base/ids.ts'
import { SeededChance } from '../../base/random.ts'
import type { Crypto } from '../../effects/crypto.ts'
import type { Disk } from '../../effects/disk.ts'
import type { Log } from '../../effects/log.ts'
import type { Random } from '../../effects/random.ts'

export function fakeRandom(seed = 1): Random {
  const chance = new SeededChance(seed)
  return {
    u32: () => chance.u32(),
    fraction: () => chance.fraction(),
    below: (below) => chance.below(below),
    bytes: (length) => Uint8Array.from({ length }, () => chance.below(256)),
  }
}

/** Certificates as plain text that says who signed what: enough to see what was asked for. */
export function fakeCrypto(): Crypto {
  let made = 0
  return {
    makeAuthority: async (ringId) => {
      made++
      return {
        privateKeyPem: pemOf(`authority key ${made}`),
        certificatePem: pemOf(`authority ${made} of ${ringId}`),
      }
    },
    makeRequest: async (memberId) => {
      made++
      const privateKeyPem = pemOf(`private key ${made}`)
      return { privateKeyPem, requestPem: `request ${memberId} key ${made}` }
    },
    readRequest: async (requestPem) => {
      const [word, memberId] = requestPem.split(' ')
      if (word !== 'request') throw new AnilloError('BAD_REQUEST', { problem: 'no request' })
      return parseMemberId(memberId ?? '')
    },
    issue: async ({ authority, memberId, ringId, validFromMs, validForMs }) =>
      pemOf(
        `certificate ${memberId} ${ringId} ${validFromMs} ${validForMs} by ${sha256Hex(authority.privateKeyPem)}`,
      ),
    issueDoor: async ({ authority, names, ringId, validFromMs, validForMs }) =>
      pemOf(
        `door ${names.join()} ${ringId} ${validFromMs} ${validForMs} by ${sha256Hex(authority.privateKeyPem)}`,
      ),
    fingerprint: (certificatePem) => sha256Hex(certificatePem),
    mac: (keyBytes, text) => createHmac('sha256', keyBytes).update(text).digest('hex'),
    // Enrolment signs nothing but certificates.
    sign: () => new Uint8Array(0),
    verify: () => false,
    certified: (certificatePem) => {
      const [, memberId, ringId] = /^certificate (\w+) (\w+) /m.exec(certificatePem) ?? []
      if (memberId === undefined || ringId === undefined) return undefined
      const validity = { validFromMs: 0, validUntilMs: Infinity }
      return { memberId: parseMemberId(memberId), ringId: parseRingId(ringId), ...validity }
    },
  }
}

function pemOf(text: string): string {
  return `-----BEGIN FAKE-----\n${text}\n`
}

/** A disk whose every file is on the medium at once; `written` names each rename, in order. */
export function fakeDisk(): Disk & {
  readonly files: Map<string, Uint8Array>
  readonly written: string[]
} {
  const files = new Map<string, Uint8Array>()
  const written: string[] = []
  const inside = (path: string): string[] =>
    [...files.keys()].filter((name) => name === path || name.startsWith(`${path}/`))
  return {
    files,
    written,
    open: async (path) => ({
      read: async () => files.get(path) ?? new Uint8Array(),
      write: async (_offset, bytes) => void files.set(path, bytes),
      writeSynced: async (_offset, bytes) => void files.set(path, bytes),
      truncate: async () => void files.set(path, new Uint8Array()),
      size: async () => files.get(path)?.length ?? 0,
      sync: async () => undefined,
      close: async () => undefined,
    }),
    read: async (path) => files.get(path),
    write: async (path, bytes) => void files.set(path, bytes),
    list: async (path) => {
      const below = inside(path).map((name) => name.slice(path.length + 1).split('/')[0] ?? '')
      return [...new Set(below)].toSorted()
    },
    makeDirectory: async () => undefined,
    rename: async (from, to) => {
      const moved = inside(from).map((name) => [name, files.get(name)] as const)
      if (moved.length === 0) throw new AnilloError('NOT_FOUND', { what: from })
      for (const [name, bytes] of moved) {
        files.delete(name)
        if (bytes !== undefined) files.set(to + name.slice(from.length), bytes)
      }
      written.push(to)
    },
    remove: async (path) => {
      for (const name of inside(path)) files.delete(name)
    },
    syncDirectory: async () => undefined,
    lock: async () => ({ release: async () => undefined }),
    freeBytes: async () => Infinity,
  }
}

export function fakeLog(): Log & { readonly lines: string[] } {
  const lines: string[] = []
  const note = (event: string): void => void lines.push(event)
  const log = { lines, debug: note, info: note, warn: note, error: note, child: () => log }
  return log
}
