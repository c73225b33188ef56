/**
 * What a browser keeps is encrypted with AES-256-GCM (NIST SP 800-38D): 12 bytes of nonce, by
 * chance for each message, then the ciphertext with its tag. What a message belongs to is bound to
 * it as additional data, so that one put in the place of another does not open.
 */

export interface Sealing {
  /** Names the key without telling it: 32 hex digits. */
  readonly owner: string
  seal(plain: Uint8Array<ArrayBuffer>, belonging: string): Promise<Uint8Array<ArrayBuffer>>
  /** `undefined`: it is not what was sealed for this with this key. */
  open(
    sealed: Uint8Array<ArrayBuffer>,
    belonging: string,
  ): Promise<Uint8Array<ArrayBuffer> | undefined>
}

/** 2^32 messages may share a key with nonces by chance (SP 800-38D, 8.3); we keep thousands. */
const NONCE_BYTES = 12
const OWNER_BITS = 128

/**
 * Key and name follow from the secret by HKDF (RFC 5869) with SHA-256; the key cannot be read out
 * of the browser's hands again.
 * @param secret 32 bytes
 */
export async function sealingOf(secret: Uint8Array<ArrayBuffer>): Promise<Sealing> {
  const { subtle } = crypto
  const root = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits', 'deriveKey'])
  const name = await subtle.deriveBits(following('anillo copies owner'), root, OWNER_BITS)
  const key = await subtle.deriveKey(
    following('anillo copies key'),
    root,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
  return {
    owner: hexOf(new Uint8Array(name)),
    async seal(plain, belonging) {
      const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
      const sealed = await subtle.encrypt(bound(iv, belonging), key, plain)
      const message = new Uint8Array(NONCE_BYTES + sealed.byteLength)
      message.set(iv)
      message.set(new Uint8Array(sealed), NONCE_BYTES)
      return message
    },
    async open(sealed, belonging) {
      const iv = sealed.slice(0, NONCE_BYTES)
      try {
        const plain = await subtle.decrypt(bound(iv, belonging), key, sealed.subarray(NONCE_BYTES))
        return new Uint8Array(plain)
      } catch {
        return undefined
      }
    },
  }
}

function following(info: string) {
  return { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8(info) }
}

function bound(iv: Uint8Array<ArrayBuffer>, belonging: string) {
  return { name: 'AES-GCM', iv, additionalData: utf8(belonging) }
}

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
