/** Where a server of others runs. */
export interface PeerPlace {
  readonly directory: string
  /** Of the user’s files. */
  readonly home: string
  readonly port: number
  /** Key and certificate in one file. */
  readonly pem: string
  /** Of `USER`, made cheaply on purpose: the rate of log-ins then is the server’s. */
  readonly hashed: string
}

export const USER_ID = 20_001
