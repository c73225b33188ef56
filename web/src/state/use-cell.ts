import { useEffect, useState } from 'preact/hooks'

import type { Cell } from './cell.ts'

/** The value, drawn again when it changes. */
export function useCell<T>(cell: Cell<T>): T {
  const [value, setValue] = useState(() => cell.get())
  useEffect(() => {
    setValue(() => cell.get())
    return cell.watch(() => setValue(() => cell.get()))
  }, [cell])
  return value
}
