/** Whole numbers in as few bytes as they need (LEB128), and bytes behind their length. */

export class ByteWriter {
  #bytes = new Uint8Array(1_024)
  #length = 0

  get length(): number {
    return this.#length
  }

  number(value: number): void {
    this.#reserve(8)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) + 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
  }

  bytes(value: Uint8Array): void {
    this.number(value.length)
    this.raw(value)
  }

  raw(value: Uint8Array): void {
    this.#reserve(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
  }

  /** What was written; the writer begins anew. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length)
    this.#length = 0
    return taken
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return
    const larger = new Uint8Array(2 * (this.#length + bytes))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}

/** What is read beyond the end is 0, or empty: what stands in rows was written here. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  number(): number {
    let value = 0
    for (let unit = 1; this.#at < this.#bytes.length; unit *= 0x80) {
      const byte = this.#bytes[this.#at++] ?? 0
      if (byte < 0x80) return value + byte * unit
      value += (byte - 0x80) * unit
    }
    return value
  }

  /** A view. */
  bytes(): Uint8Array {
    const length = this.number()
    const start = this.#at
    this.#at = Math.min(this.#bytes.length, start + length)
    return this.#bytes.subarray(start, this.#at)
  }
}
