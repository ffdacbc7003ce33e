/** Why an engine gives no answer about an image that it has done nothing with: another engine can have it. */
export class NotBegun extends Error {}
