/** Numbers of bytes as people read them. */
import { KIB } from './limits.ts'

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const

/** `17 B`, `1.5 KiB`, `230 MiB`. @param bytes a rate's may be broken */
export function sizeText(bytes: number): string {
  if (bytes < KIB) return `${Math.round(bytes)} B`
  let value = bytes
  let unit = 'B'
  for (const next of UNITS) {
    if (value < KIB) break
    value /= KIB
    unit = next
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`
}
