/** Passwords as they are kept: slow to compute, off the event loop. */

export interface Passwords {
  /**
   * PHC text (algorithm, cost, salt, hash), as it is kept.
   * @param saltOf the salt is made of it, so that the same gives the same; absent: of chance
   */
  hash(password: string, saltOf?: string): Promise<string>
  /**
   * Whether it is the password that was hashed; `false` for a text that is no such hash. With
   * `undefined` it takes as long, and is `false`.
   */
  verify(password: string, hashed: string | undefined): Promise<boolean>
}
