/**
 * Marks of the picture of the store: one path for all marks of a kind in a row, in units of one
 * partition, so that a row of 64 costs three elements. Pure.
 */
import type { Partition } from '../../../src/wire/api.ts'
import { partOf, standingOf, type Part, type Standing } from './store.ts'

/** Height of a mark in a row of height 1: told apart by shape, not by colour alone. */
const HEIGHTS: Readonly<Record<Part, number>> = { leader: 1, voter: 0.42, learner: 0.16 }
/** Air at each side of a mark. */
const AIR = 0.11

/** @returns the SVG path of this member's marks of one kind; empty where it has none */
export function partMarks(
  partitions: readonly Partition[],
  { member, part }: { readonly member: string; readonly part: Part },
): string {
  const height = HEIGHTS[part]
  return marksWhere(partitions, height, (partition) => partOf(partition, member) === part)
}

/** @returns the SVG path of the partitions that stand so */
export function standingMarks(partitions: readonly Partition[], standing: Standing): string {
  const height = standing === 'steady' ? 0.3 : 1
  return marksWhere(partitions, height, (partition) => standingOf(partition) === standing)
}

function marksWhere(
  partitions: readonly Partition[],
  height: number,
  isMeant: (partition: Partition) => boolean,
): string {
  const top = (1 - height) / 2
  const width = 1 - 2 * AIR
  return partitions
    .map((partition, index) =>
      isMeant(partition) ? `M${index + AIR} ${top}h${width}v${height}h${-width}z` : '',
    )
    .join('')
}

/** As many rows of partitions as a width has room for: marks narrower than this are not seen. */
const MARK_WIDTH_MIN_PX = 6.5

/** @returns how many partitions stand in one band: all, a half or a quarter */
export function bandOf(partitions: number, widthPx: number): number {
  let band = partitions
  while (band > 16 && widthPx / band < MARK_WIDTH_MIN_PX) band = Math.ceil(band / 2)
  return Math.max(1, band)
}
