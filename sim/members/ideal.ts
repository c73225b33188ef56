/** A ring whose members know their neighbours as they really follow one another. */
import { positionOf } from '../../src/base/ids.ts'
import type { Overlay } from '../../src/overlay/types.ts'
import type { Machine } from '../world/machine.ts'
import { addressOf } from './enrolled.ts'

/** @param machines that are members @param overlayOf asked of those that run */
export function isIdeal(
  machines: Iterable<Machine>,
  overlayOf: (machine: Machine) => Overlay,
): boolean {
  const places = Array.from(machines, (machine) => {
    const address = addressOf(machine)
    return { machine, address, position: positionOf(address) }
  })
  places.sort((a, b) => (a.position < b.position ? -1 : 1))
  return places.every(({ machine }, index) => {
    if (!machine.isRunning || machine.isPaused) return false
    const overlay = overlayOf(machine)
    const following = [...places.slice(index + 1), ...places.slice(0, index)]
    const known = overlay.successors(places.length).map(({ address }) => address)
    const expected = following.map(({ address }) => address)
    return overlay.predecessor()?.address === expected.at(-1) && known.join() === expected.join()
  })
}
