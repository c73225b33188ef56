/** The networks that this machine is plugged into. */

export interface LocalNetworks {
  /**
   * The address, a literal, lies in the network of one of this machine's own interfaces, so that no
   * router stands in between. Loopback counts: it is this machine.
   */
  isAttached(address: string): boolean
  /** As `isAttached`, of the interface that has this address of the machine's own. */
  isBeside(own: string, address: string): boolean
  /**
   * This machine's own addresses that others can reach, the likeliest first; none on a machine
   * without a network.
   */
  ownAddresses(): readonly string[]
}
