/** Which pieces are there: one bit each, the first the highest of its byte (BEP 3). Pure. */

export class Bitfield {
  readonly length: number
  readonly #bytes: Uint8Array
  #count = 0

  constructor(length: number) {
    this.length = length
    this.#bytes = new Uint8Array(Math.ceil(length / 8))
  }

  static full(length: number): Bitfield {
    const all = new Bitfield(length)
    for (let index = 0; index < length; index++) all.add(index)
    return all
  }

  /** `undefined` where the bytes are not those of so many pieces. */
  static read(bytes: Uint8Array, length: number): Bitfield | undefined {
    if (bytes.length !== Math.ceil(length / 8)) return undefined
    const read = new Bitfield(length)
    for (let index = 0; index < length; index++) {
      if ((((bytes[index >> 3] ?? 0) >> (7 - (index & 7))) & 1) === 1) read.add(index)
    }
    return read
  }

  get count(): number {
    return this.#count
  }

  get isFull(): boolean {
    return this.#count === this.length
  }

  get bytes(): Uint8Array {
    return this.#bytes.slice()
  }

  has(index: number): boolean {
    return ((this.#bytes[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0
  }

  add(index: number): void {
    if (index < 0 || index >= this.length || this.has(index)) return
    this.#bytes[index >> 3] = (this.#bytes[index >> 3] ?? 0) | (0x80 >> (index & 7))
    this.#count++
  }

  remove(index: number): void {
    if (!this.has(index)) return
    this.#bytes[index >> 3] = (this.#bytes[index >> 3] ?? 0) & ~(0x80 >> (index & 7))
    this.#count--
  }
}
