/** One address of a name. */
export interface ResolvedAddress {
  /** Canonical text of an IPv4 or IPv6 address. */
  readonly address: string
  readonly family: 4 | 6
}

/** Turns names into addresses, as the operating system does. */
export interface Dns {
  /**
   * All addresses of a name, in the order of the system; an address literal gives itself. @throws
   * AnilloError HOST_UNKNOWN
   */
  resolve(host: string): Promise<readonly ResolvedAddress[]>
}
