/** What is used of bittorrent-dht 11, which has no types of its own. */
declare module 'bittorrent-dht' {
  export interface FoundItem {
    readonly v: unknown
    readonly seq?: unknown
  }

  export interface DhtOptions {
    /** `host:port`, addresses of IPv4; `false`: it waits to be found. */
    readonly bootstrap: readonly string[] | false
    /** In the place of a socket of its own: `dgram.Socket`, as far as it is used. */
    readonly socket?: object
    readonly isIP?: (text: string) => 0 | 4 | 6
    readonly maxTables?: number
    readonly maxValues?: number
    readonly maxPeers?: number
    readonly verify: (signature: Uint8Array, bytes: Uint8Array, publicKey: Uint8Array) => boolean
  }

  export interface PutOptions {
    readonly k: Buffer
    readonly salt: Buffer
    readonly seq: number
    readonly v: Readonly<Record<string, unknown>>
    readonly sign: (bytes: Uint8Array) => Buffer
  }

  export default class DHT {
    constructor(options: DhtOptions)
    readonly nodes: { toArray(): readonly unknown[] }
    on(event: 'error' | 'warning', listener: (error: Error) => void): this
    on(event: 'get' | 'put', listener: (target: Buffer) => void): this
    listen(port?: number, host?: string, listening?: () => void): void
    address(): { readonly port: number }
    get(
      key: Buffer,
      options: { readonly salt: Buffer; readonly cache: false },
      told: (error: Error | null, found: FoundItem | null) => void,
    ): void
    put(item: PutOptions, told: (error: Error | null, key?: Buffer, taken?: number) => void): void
    destroy(done?: () => void): void
  }
}
