/** Lines of TYPE A: CR LF on the way (RFC 959 section 3.1.1.1), LF in the tree. */

const CR = 13
const LF = 10

/** Each LF with a CR before it, unless one is there. */
export class ToWire {
  #last = 0

  take(bytes: Uint8Array): Uint8Array {
    const out = new Uint8Array(bytes.length * 2)
    let length = 0
    for (const byte of bytes) {
      if (byte === LF && this.#last !== CR) out[length++] = CR
      out[length++] = byte
      this.#last = byte
    }
    return out.subarray(0, length)
  }
}

/** Each CR LF as a LF; a CR by itself stays. */
export class FromWire {
  #hasCr = false

  take(bytes: Uint8Array): Uint8Array {
    const out = new Uint8Array(bytes.length + 1)
    let length = 0
    for (const byte of bytes) {
      if (this.#hasCr && byte !== LF) out[length++] = CR
      this.#hasCr = byte === CR
      if (!this.#hasCr) out[length++] = byte
    }
    return out.subarray(0, length)
  }

  /** What is left at the end. */
  rest(): Uint8Array {
    return this.#hasCr ? Uint8Array.of(CR) : new Uint8Array()
  }
}
