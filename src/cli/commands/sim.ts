/** `anillo sim` and `anillo bench`: their words are read by their own programs beside `src/`. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { EXIT, type ExitCode } from '../failure.ts'

export function simCommands(context: CommandContext): readonly Command[] {
  const sim = passThrough('sim', '[NAME] [--seed N | --seeds A..B] [--OPTION VALUE]...')
    .description('run whole rings in one process, with every fault; a seed replays a run exactly')
    .addHelpText(
      'after',
      `
Without a name every simulation runs once.
  $ npx anillo sim ring --seed 8412     replay one run
  $ npx anillo sim ring --seeds 1..200  look for a seed that fails`,
    )
    .action((words: string[]) =>
      context.run(async () => {
        const { simCommand } = await import('../../../sim/main.ts')
        return exitCodeOfNumber(await simCommand(words))
      }),
    )
  const bench = passThrough('bench', '[NAME] [ARGUMENT]...')
    .description('measure, and print tables')
    .addHelpText(
      'after',
      `
Without a name every measurement runs.
  $ npx anillo bench rpc   requests between two processes, beside node:http2`,
    )
    .action((words: string[]) =>
      context.run(async () => {
        const { benchCommand } = await import('../../../bench/main.ts')
        return exitCodeOfNumber(await benchCommand(words))
      }),
    )
  return [sim, bench]
}

/** A command that hands every word on as it stands. */
function passThrough(name: string, usage: string): Command {
  return new Command(name)
    .usage(usage)
    .argument('[words...]', 'what to run, and its options')
    .allowUnknownOption()
    .passThroughOptions()
}

function exitCodeOfNumber(code: number): ExitCode {
  if (code === 0) return EXIT.done
  return code === EXIT.usedWrongly ? EXIT.usedWrongly : EXIT.failed
}
