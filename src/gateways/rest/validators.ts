/** What requests are checked with. */
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'

type Compiler = typeof TypeBoxValidatorCompiler

/** A member that starts does not wait for some hundred schemas, of which most are used late. */
export const compiledAtFirstUse: Compiler = (route) => {
  let validate: ReturnType<Compiler> | undefined
  return (value: unknown) => {
    validate ??= TypeBoxValidatorCompiler(route)
    return validate(value)
  }
}
