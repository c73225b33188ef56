/** Where a measurement writes: standard output, or a test's list. */
export type PrintLine = (line: string) => void

/** Measures and prints a table; the arguments after its name are its own. */
export type Bench = (args: readonly string[], print: PrintLine) => Promise<void>
