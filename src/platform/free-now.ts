/**
 * Memory outside of the heap that the runtime gives for each piece of data, given back at once.
 * Left to the collector, each 64 MiB of it begin a collection of the whole heap, which costs more
 * than all that is done with the data.
 */

/** The bytes are gone; nobody may hold a view of them. Those that share their memory stay. */
export function freeNow({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
