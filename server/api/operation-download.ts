import { readOperation } from "#server/services/job/signing.ts";
import { createContext } from "./context.ts";
import { toApiError } from "./error-map.ts";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";

const HEADERS = { "cache-control": "no-store", vary: "cookie", "x-content-type-options": "nosniff" };

/** The bytes of a job's operation, exactly as they are to be signed: no line end is added, nothing is encoded anew. */
export async function downloadOperation(request: Request, jobId: string): Promise<Response> {
  try {
    const context = await createContext({
      cookieHeader: request.headers.get("cookie"),
      isActivity: true,
      isBatch: false,
    });
    const { actor } = context;
    if (actor === null) return refuse(401, "Sign in to go on.");
    const { message, attempt, takesPasskey } = await readOperation({ ...context, actor }, { jobId });
    return new Response(new TextEncoder().encode(message), {
      headers: {
        ...HEADERS,
        // Handing the signature in will take this person's passkey: told to the command, which has none.
        "x-countersign-proof": takesPasskey ? "passkey" : "sign-in",
        "content-type": "application/octet-stream",
        "content-disposition": `attachment; filename="operation-${attempt}.json"`,
      },
    });
  } catch (cause) {
    const error = toApiError(cause);
    return refuse(getHTTPStatusCodeFromError(error), error.message);
  }
}

function refuse(status: number, message: string): Response {
  return Response.json({ error: { message } }, { status, headers: HEADERS });
}
