/** What `anillo pages verify` does: no ring is asked, the file alone is looked at. */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'

import { tryText } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import { Sha256 } from '../../base/hash.ts'
import { makeCrypto } from '../../platform/crypto.ts'
import { certificatesIn } from '../../platform/ring-trust.ts'
import { verdictOn } from '../../services/scrape/testimony/verdict.ts'
import { TESTIMONY_CHARS_MAX } from '../../wire/testimony.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { unreadableFile } from '../given-file.ts'
import { jsonLine, line, type Io } from '../io.ts'
import { paintFor } from '../paint.ts'
import { isGood, verdictLines } from '../testimony-lines.ts'

export interface VerifyFlags {
  readonly content?: string
  readonly authority?: string
  readonly json?: true
}

export async function runVerify(io: Io, path: string, flags: VerifyFlags): Promise<ExitCode> {
  const crypto = makeCrypto()
  const { authority } = flags
  const authorities = authority === undefined ? undefined : await fingerprintsOf(authority)
  const content = flags.content === undefined ? undefined : await contentOf(flags.content)
  const verdict = verdictOn(await smallFile(path), crypto, { authorities, content })
  if (flags.json) jsonLine(io, { isGood: isGood(verdict), ...verdict })
  else {
    const look = { paint: paintFor(io, io.out), isAuthorityGiven: authorities !== undefined }
    for (const text of verdictLines(verdict, look)) line(io.out, text)
  }
  return isGood(verdict) ? EXIT.done : EXIT.failed
}

/** As `openssl x509 -fingerprint -sha256` writes it, or the file of one or two certificates. */
async function fingerprintsOf(which: string): Promise<readonly string[]> {
  const digits = which.replaceAll(':', '').toLowerCase()
  if (/^[0-9a-f]{64}$/.test(digits)) return [digits]
  const pems = certificatesIn(await smallFile(which))
  if (pems.length > 0) return pems.map((pem) => makeCrypto().fingerprint(pem))
  throw new AnilloError('USAGE', { problem: `${which} holds no certificate` })
}

/** What is longer is not what is looked for, and its beginning tells so. */
async function smallFile(path: string): Promise<string> {
  try {
    await using file = await open(path, 'r')
    const bytes = new Uint8Array(TESTIMONY_CHARS_MAX + 1)
    let filled = 0
    for (;;) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return tryText(bytes.subarray(0, filled)) ?? ''
  } catch (thrown) {
    throw unreadableFile(path, thrown)
  }
}

async function contentOf(path: string) {
  const hash = new Sha256()
  let bytes = 0
  try {
    for await (const piece of createReadStream(path)) {
      if (!(piece instanceof Uint8Array)) continue
      hash.update(piece)
      bytes += piece.length
    }
  } catch (thrown) {
    throw unreadableFile(path, thrown)
  }
  return { sha256: hash.digestHex(), bytes }
}
