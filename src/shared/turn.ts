/** How far faces may be turned in the plane of the image: degrees, clockwise as one sees it. */
export type Turn = 0 | 90 | 180 | 270

/** All turns there are. */
export const TURNS: readonly Turn[] = /* @__PURE__ */ Object.freeze([0, 90, 180, 270])
