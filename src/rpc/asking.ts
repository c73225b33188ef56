import type { AnilloError } from '../base/errors.ts'
import type { Frame } from '../wire/frame.ts'
import type { Method } from '../wire/method.ts'

/** A request of this side, as the connection that carries it sees it. */
export interface Asking {
  readonly method: Pick<Method, 'name' | 'kind'>
  readonly question: unknown
  /** What may still be waited, in ms; told to the other side. 0: no end. */
  readonly timeLeftMs: number
  /** The one answer, or one item. The frame is valid during the call only. */
  arrived(frame: Frame): void
  /** No further items. */
  ended(): void
  /** The other side says no. `applied` false: it was surely not carried out. */
  refused(error: AnilloError, applied: boolean): void
  /** The connection is gone; whether the request was carried out is not known. */
  lost(error: AnilloError): void
}
