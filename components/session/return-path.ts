const HOME = "/inbox";
const BASE = "http://console.invalid";

/**
 * Where to go after signing in: the wanted path when it is one of this console, else the inbox. An address of another
 * site, also one that only a browser reads as such (`//host`, `/\host`), is never followed.
 */
export function safeReturnPath(wanted: string | null | undefined): string {
  if (!wanted?.startsWith("/") || !URL.canParse(wanted, BASE)) return HOME;
  const url = new URL(wanted, BASE);
  const isHere = url.origin === BASE && !url.pathname.startsWith("//");
  const isPage =
    url.pathname !== "/" && !url.pathname.startsWith("/sign-in") && !url.pathname.startsWith("/api/");
  return isHere && isPage ? `${url.pathname}${url.search}${url.hash}` : HOME;
}
