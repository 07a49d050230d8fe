/** Where overlays that are not dialogs are put: inside the main landmark, or the body on a page without one. */
export function findPortalHome(): HTMLElement | null {
  return typeof document === "undefined" ? null : document.querySelector("main");
}
