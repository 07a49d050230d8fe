const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/** Whether an address names this machine only. */
export const isLoopback = (host: string) => LOOPBACK.has(host.replace(/^\[|\]$/g, ""));

export const parseAddress = (value: string) => (URL.canParse(value) ? new URL(value) : null);

/** Scheme, host and port, and nothing behind them. */
export function isOrigin(value: string): boolean {
  const url = parseAddress(value);
  if (url === null || url.username !== "" || url.password !== "") return false;
  return url.pathname === "/" && url.search === "" && url.hash === "";
}

/** https, or http that never leaves this machine. */
export function isSafeAddress(value: string): boolean {
  const url = parseAddress(value);
  if (url === null) return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}
