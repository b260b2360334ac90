/** What is used here of packages that bring no types. */
declare module 'd3' {
  export function interpolateOranges(share: number): string
}
declare module 'upng-js' {
  interface Picture {
    readonly width: number
    readonly height: number
  }
  const UPNG: {
    decode(png: ArrayBuffer): Picture
    toRGBA8(picture: Picture): ArrayBuffer[]
    encode(frames: ArrayBuffer[], width: number, height: number, colours: number): ArrayBuffer
  }
  export default UPNG
}
