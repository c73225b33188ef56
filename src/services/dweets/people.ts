/** Who people are: accounts know it, which dweets reach through this alone. */

export interface Person {
  readonly nick: string
  readonly name: string
  readonly joinedAtMs: number
}

/** Asked often: whoever makes it remembers answers for some seconds. */
export interface People {
  /**
   * May be some seconds old: an account that is gone since is found out in its partition.
   * @param nick folded. `undefined`: there is nobody of that nick
   */
  find(nick: string): Promise<Person | undefined>
}
