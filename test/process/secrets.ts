/** Secrets that a trial plants, and where their bytes are looked for afterwards. */
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What no file of a ring may hold, whoever made it. */
const MARKS: readonly string[] = ['PRIVATE KEY-----']

export class Secrets {
  readonly #texts = new Map<string, string>()

  /** A secret of that name: letters and digits of chance, alike for whoever asks again. */
  text(name: string): string {
    const known = this.#texts.get(name)
    if (known !== undefined) return known
    const text = randomBytes(24).toString('hex')
    this.#texts.set(name, text)
    return text
  }

  /** One that the ring made itself. */
  keep(name: string, text: string): void {
    this.#texts.set(name, text)
  }

  get count(): number {
    return this.#texts.size
  }

  /**
   * Every file below these paths is read whole.
   * @returns which secret stands in which file, and how it is written there
   */
  async findIn(
    paths: readonly string[],
  ): Promise<{ found: string[]; files: number; bytes: number }> {
    const patterns = this.#patterns()
    const found: string[] = []
    let files = 0
    let bytes = 0
    for (const path of paths) {
      for (const file of await filesBelow(path)) {
        // One that a running member has removed meanwhile holds nothing.
        const content = await readFile(file).catch(() => undefined)
        if (content === undefined) continue
        files += 1
        bytes += content.length
        for (const { name, pattern } of patterns) {
          if (content.includes(pattern)) found.push(`${name} in ${file}`)
        }
      }
    }
    return { found, files, bytes }
  }

  #patterns(): readonly { readonly name: string; readonly pattern: Buffer }[] {
    const patterns = [...this.#texts].flatMap(([name, text]) => [
      { name, pattern: Buffer.from(text, 'utf8') },
      { name: `${name} (UTF-16)`, pattern: Buffer.from(text, 'utf16le') },
      { name: `${name} (hex)`, pattern: Buffer.from(Buffer.from(text).toString('hex')) },
      ...base64Forms(text).map((pattern) => ({ name: `${name} (base64)`, pattern })),
      ...(/^[0-9a-f]{32,}$/.test(text)
        ? [{ name: `${name} (bytes)`, pattern: Buffer.from(text, 'hex') }]
        : []),
    ])
    const marks = MARKS.map((mark) => ({ name: mark, pattern: Buffer.from(mark) }))
    return [...patterns, ...marks]
  }
}

/** As it looks inside a longer text in base64, at each of the three places where it may begin. */
function base64Forms(text: string): readonly Buffer[] {
  return [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), Buffer.from(text)])
    const encoded = whole.toString('base64').replace(/=+$/, '')
    // The first characters and the last depend on what stands beside it.
    return Buffer.from(encoded.slice(before === 0 ? 0 : 4, -2))
  })
}

async function filesBelow(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name))
}
