/** How far faces may be turned in the plane of the image: degrees, clockwise as one sees it. */
export const TURNS = /* @__PURE__ */ Object.freeze([0, 90, 180, 270] as const)

export type Turn = (typeof TURNS)[number]
