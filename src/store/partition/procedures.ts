/** The procedures that a member knows. All members of one feature level have the same. */
import { assert } from '../../base/assert.ts'
import { AnilloError } from '../../base/errors.ts'
import { FIRST_LEVEL, LEVELS, type Levels } from '../../wire/levels.ts'
import { isServiceTable } from '../../wire/tables.ts'
import type { Procedure } from './procedure.ts'

/** What a service writes to declare a procedure: its types follow from `readInput` and `run`. */
export function defineProcedure<Q, A>(procedure: Procedure<Q, A>): Procedure<Q, A> {
  assert(/^[a-z][A-Za-z]*(\.[a-z][A-Za-z]*)?$/.test(procedure.name), `name “${procedure.name}”`)
  return procedure
}

/** A procedure whose types are known to itself alone: input and answer are checked at its door. */
// oxlint-disable-next-line typescript/no-explicit-any -- a table of procedures of any types
export type AnyProcedure = Procedure<any, unknown>

export interface ProcedureTableOptions {
  readonly procedures: readonly AnyProcedure[]
  /** Feature levels at which they work: those of the build. */
  readonly levels?: Levels
}

export class ProcedureTable {
  readonly levels: Levels
  readonly #procedures = new Map<string, AnyProcedure>()
  /** By table: names of the procedures that alone write it. */
  readonly #owners = new Map<string, Set<string>>()

  constructor(options: ProcedureTableOptions) {
    this.levels = options.levels ?? LEVELS
    for (const procedure of options.procedures) {
      assert(!this.#procedures.has(procedure.name), `two procedures ${procedure.name}`)
      this.#procedures.set(procedure.name, procedure)
      for (const table of procedure.tables) {
        const owners = this.#owners.get(table) ?? new Set()
        this.#owners.set(table, owners.add(procedure.name))
      }
    }
  }

  /**
   * This build can apply entries at that level of `what`, as it must to hold it.
   * @throws AnilloError VERSION_TOO_OLD, VERSION_TOO_NEW
   */
  checkLevel(level: number, what: string): void {
    const { from, to } = this.levels
    if (level > to) throw new AnilloError('VERSION_TOO_OLD', { what, level, known: to })
    if (level < from) throw new AnilloError('VERSION_TOO_NEW', { what, level, known: from })
  }

  /** All members must agree: a procedure that comes with a newer level is unknown before. */
  find(name: string, featureLevel: number): AnyProcedure | undefined {
    const procedure = this.#procedures.get(name)
    const sinceLevel = procedure?.sinceLevel ?? FIRST_LEVEL
    return sinceLevel <= featureLevel ? procedure : undefined
  }

  /** A table that belongs to procedures is written by them alone. */
  mayWrite(procedure: string, table: string): boolean {
    return this.#owners.get(table)?.has(procedure) ?? true
  }

  /** Not to be read or written through `/v1/kv`; services change theirs by `transact`. */
  isReserved(table: string): boolean {
    return this.#owners.has(table) || isServiceTable(table)
  }
}
