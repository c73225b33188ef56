/** `anillo audit`: its words and its help. */
import { Command, Option } from 'commander'

import type { CommandContext } from '../context.ts'
import { integerFrom, withDoors } from '../options.ts'
import type { AuditFlags } from '../run/audit.ts'

const ENTRIES_DEFAULT = 50
const ENTRIES_MAX = 1_000_000

export function auditCommand(context: CommandContext): Command {
  const command = new Command('audit')
    .description('show who did what that concerns security, newest first')
    .addOption(
      new Option('--last <entries>', 'so many at most')
        .argParser(integerFrom(1, ENTRIES_MAX))
        .default(ENTRIES_DEFAULT),
    )
    .option('--files', 'who changed what in the tree of files; needs files.manage')
    .option('--by <nick>', 'with --files: acts of this account alone')
    .option('--path <path>', 'with --files: of what lies there or below, or was moved there')
    .addHelpText(
      'after',
      `
Log-ins, refused ones too, changes of accounts, keys, members and settings; kept for 90 days.
Changes of files are kept for 30 days, apart from them.

  $ npx anillo audit
  $ npx anillo audit --files --path shared/plans
  $ npx anillo audit --last 1000 --json | grep '"refused"'`,
    )
    .action((flags: AuditFlags) =>
      context.run(async () => {
        const { runAudit } = await import('../run/audit.ts')
        return runAudit(context.io, flags)
      }),
    )
  return withDoors(command)
}
