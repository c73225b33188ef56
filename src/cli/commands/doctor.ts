/** `anillo doctor`: its words and its help. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { withDoors } from '../options.ts'
import type { DoctorFlags } from '../run/doctor.ts'

export function doctorCommand(context: CommandContext): Command {
  const command = new Command('doctor')
    .description('tell what is wrong with this machine, its data and its ring, and what to do')
    .option('--deep', 'open every value and every chunk, to the last byte; takes longer')
    .option('--offline', 'look at the files alone, and ask no member')
  return withDoors(command)
    .addHelpText(
      'after',
      `
Changes nothing, and works while members run. Ends with 0 where nothing is wrong, else with 1.

  $ npx anillo doctor           a look at everything
  $ npx anillo doctor --deep    what lies on the disk, byte by byte`,
    )
    .action((flags: DoctorFlags) =>
      context.run(async () => {
        const { runDoctor } = await import('../run/doctor.ts')
        return runDoctor(context.io, flags)
      }),
    )
}
