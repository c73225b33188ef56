/** What is said of errors in Spanish: one file of the built page. */
export { detailInSpanish } from '../../../src/base/details.es.ts'
export { ERRORS_ES } from '../../../src/base/errors.es.ts'
