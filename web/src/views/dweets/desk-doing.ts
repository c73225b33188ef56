/** Acts whose failure is told until the next one works, whichever of the microblog it is. */
import { useRef } from 'preact/hooks'

import { useCell } from '../../state/use-cell.ts'
import { useDoing, type Doing } from '../hooks.ts'
import { useDesk } from './desk.ts'

export function useDeskDoing(): Doing<undefined> {
  const { worked } = useDesk()
  const now = useCell(worked)
  const failedAt = useRef(now)
  const doing = useDoing<undefined>()
  const run: Doing<undefined>['run'] = (work) =>
    doing.run(async () => {
      try {
        await work()
      } catch (thrown) {
        failedAt.current = worked.get()
        throw thrown
      }
      worked.update((times) => times + 1)
      return undefined
    })
  const isTold = doing.trouble !== undefined && failedAt.current === now
  return { ...doing, trouble: isTold ? doing.trouble : undefined, run }
}
