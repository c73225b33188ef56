/** A picture without what tells where it was taken. */
export interface BarePicture {
  /** In pixels, as it is shown: turned upright. */
  readonly width: number
  readonly height: number
  readonly bytes: Uint8Array
}
