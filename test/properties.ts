/**
 * fast-check, set up for this project: a test draws the same cases each time, so that what one
 * change breaks is not found at another. `npm run properties` looks for what other cases break.
 */
import fc from 'fast-check'

/** Of the usual runs. */
const SEED = 20_261_122

const { PROPERTY_SEED } = process.env

fc.configureGlobal({
  seed: PROPERTY_SEED === undefined ? SEED : Number(PROPERTY_SEED),
  // The library’s own size makes ten steps of a test that allows a thousand.
  baseSize: 'medium',
})

export { fc }
