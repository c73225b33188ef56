/**
 * `anillo`: the tree of commands. Each command is a file in `commands/` that tells its arguments
 * and its help; what it does is loaded only when it runs, so that help is quick.
 */
import { Command, CommanderError } from 'commander'

import { accessCommand } from './commands/access.ts'
import { auditCommand } from './commands/audit.ts'
import { backupCommand } from './commands/backup.ts'
import { consoleCommand } from './commands/console.ts'
import { crawlCommand, crawlsCommand } from './commands/crawl.ts'
import { doctorCommand } from './commands/doctor.ts'
import { dweetCommand } from './commands/dweet.ts'
import { feedCommand } from './commands/feed.ts'
import { fileCommands } from './commands/files.ts'
import { groupCommand } from './commands/group.ts'
import { initCommand } from './commands/init.ts'
import { joinCommand } from './commands/join.ts'
import { keyCommand } from './commands/key.ts'
import { kvCommand } from './commands/kv.ts'
import { linkCommands } from './commands/links.ts'
import { lockCommand } from './commands/lock.ts'
import { loginCommand, logoutCommand, whoamiCommand } from './commands/login.ts'
import { lookupCommand } from './commands/lookup.ts'
import { memberCommand } from './commands/member.ts'
import { pagesCommand } from './commands/pages.ts'
import { passphraseCommand } from './commands/passphrase.ts'
import { recoverCommand } from './commands/recover.ts'
import { restoreCommand } from './commands/restore.ts'
import { schedulesCommand } from './commands/schedules.ts'
import { scrapeCommand } from './commands/scrape.ts'
import { searchCommand } from './commands/search.ts'
import { settingCommand } from './commands/setting.ts'
import { shareCommand } from './commands/share.ts'
import { simCommands } from './commands/sim.ts'
import { statusCommand } from './commands/status.ts'
import { tokenCommand } from './commands/token.ts'
import { upCommand } from './commands/up.ts'
import { userCommand } from './commands/user.ts'
import type { CommandContext } from './context.ts'
import { EXIT, tellFailure } from './failure.ts'
import type { Io } from './io.ts'
import { anilloVersion } from './version.ts'

/** As a person calls it in a checkout, where it is on no PATH. */
const PROGRAM = 'npx anillo'

const EXAMPLES = `
Begin here:
  $ npx anillo up                            a ring of five members on this computer
  $ npx anillo scrape https://example.org    one page through the ring, in another terminal
  $ npx anillo crawl https://docs.example.org    a whole site
  $ npx anillo status                        who is in the ring and what it does

Over several machines:
  $ npx anillo init                          on the first one: founds a ring
  $ npx anillo token                         there: prints a token for one more machine
  $ npx anillo join TOKEN                    on the other one

For other people, and for programs:
  $ npx anillo user add ana                  makes an account
  $ npx anillo login ana                     at her computer
  $ npx anillo key add nightly --may store.read

Variables:
  ANILLO_DATA                    directory of the ring, in place of --data
  ANILLO_CA                      whom to trust at doors of other machines (https): the ring’s
                                 authority, as a file
                                 (DATA/members/NAME/ca.pem there) or a fingerprint
  ANILLO_TOKEN                   a key, with which a command logs in
  ANILLO_NICK, ANILLO_PASSWORD   an account, likewise
  ANILLO_PASSPHRASE              of members that are locked with one

“npx anillo COMMAND --help” tells more.
Exit codes: 0 done, 1 failed, 2 used wrongly, 3 ring not reachable.`

/** Runs one command line (without node and script). Answers the exit code; throws nothing. */
export async function runProgram(args: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.done
  const context: CommandContext = {
    io,
    run: async (work) => {
      try {
        exitCode = await work()
      } catch (thrown) {
        exitCode = tellFailure(io, thrown, args)
      }
    },
  }
  try {
    await buildProgram(context).parseAsync([...args], { from: 'user' })
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) return tellFailure(io, thrown, args)
    return thrown.exitCode === 0 ? EXIT.done : EXIT.usedWrongly
  }
  return exitCode
}

/** The whole tree; exported so that a test can hold every command's help to the rules. */
export function buildProgram(context: CommandContext): Command {
  const program = new Command(PROGRAM)
  program
    .description('One dependable place out of a handful of ordinary machines.')
    .version(anilloVersion(), '-V, --version', 'print the version')
    .enablePositionalOptions()
    .helpCommand('help [command]', 'print the help of a command')
    .usage('COMMAND [options]')
    .addHelpText('after', EXAMPLES)
  for (const command of allCommands(context)) program.addCommand(command)
  settle(program, context.io)
  return program
}

function allCommands(context: CommandContext): readonly Command[] {
  return [
    upCommand(context),
    statusCommand(context),
    scrapeCommand(context),
    crawlCommand(context),
    crawlsCommand(context),
    schedulesCommand(context),
    pagesCommand(context),
    searchCommand(context),
    feedCommand(context),
    ...fileCommands(context),
    ...linkCommands(context),
    dweetCommand(context),
    shareCommand(context),
    consoleCommand(context),
    lookupCommand(context),
    kvCommand(context),
    lockCommand(context),
    initCommand(context),
    tokenCommand(context),
    joinCommand(context),
    memberCommand(context),
    settingCommand(context),
    loginCommand(context),
    logoutCommand(context),
    whoamiCommand(context),
    userCommand(context),
    groupCommand(context),
    accessCommand(context),
    keyCommand(context),
    auditCommand(context),
    passphraseCommand(context),
    backupCommand(context),
    restoreCommand(context),
    recoverCommand(context),
    doctorCommand(context),
    ...simCommands(context),
  ]
}

/** Settings that commander does not hand down to commands made apart. */
function settle(command: Command, io: Io, words = PROGRAM): void {
  command
    .exitOverride()
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError(`“${words} --help” shows what there is.`)
    .configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: (text) => io.err.write(text),
      getOutHelpWidth: () => Math.min(io.out.columns, HELP_COLUMNS_MAX),
      getErrHelpWidth: () => Math.min(io.err.columns, HELP_COLUMNS_MAX),
      getOutHasColors: () => io.out.isTerminal,
      getErrHasColors: () => io.err.isTerminal,
      outputError: (text, write) => write(text.replace(/^error: /, 'anillo: ')),
    })
  for (const child of command.commands) settle(child, io, `${words} ${child.name()}`)
}

/** Wider lines of prose are hard to read. */
const HELP_COLUMNS_MAX = 100
