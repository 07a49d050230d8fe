/**
 * What a certificate allows beyond running commands (ssh-keygen(1), -O): people get a terminal, agents a forwarded port,
 * for they live at the end of tunnels, automation nothing. Nobody gets X11, an agent's socket, or ~/.ssh/rc.
 */
export const EXTENSIONS_OF = {
  adm: ["permit-pty"],
  agt: ["permit-port-forwarding"],
  atm: [],
} as const;
