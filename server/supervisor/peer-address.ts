import { subscribe } from "node:diagnostics_channel";
import { IncomingMessage } from "node:http";

/**
 * Writes the address of the connection over whatever `x-forwarded-for` a request came with. Without a proxy in front
 * that header is the sender's own word, and Next sets it only where it is absent. Node publishes this channel before
 * any listener of the server sees the request.
 */
export function tellPeerAddress(): void {
  subscribe("http.server.request.start", (message) => {
    if (typeof message !== "object" || message === null || !("request" in message)) return;
    const { request } = message;
    if (request instanceof IncomingMessage) {
      request.headers["x-forwarded-for"] = request.socket.remoteAddress ?? "unknown";
    }
  });
}
