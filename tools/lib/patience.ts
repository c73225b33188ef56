/**
 * Longer than anything takes on a machine that has other work to do: to start a ring, to bring a
 * member back, to draw a page. What is not there by then has failed. One bound for all that waits,
 * since where a machine is slow is chance.
 */
export const PATIENCE_MS = 180_000
