import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { RefusedProof } from "#components/session/refused-proof.tsx";
import { SignInForm } from "#components/session/sign-in-form.tsx";
import { safeReturnPath } from "#components/session/return-path.ts";
import { ProductMark } from "#components/shell/product-mark.tsx";
import { isSignedIn } from "#server/api/rsc.ts";
import { signInWays } from "#server/auth/sign-in-ways.ts";

export const metadata: Metadata = { title: "Sign in" };

type SignInPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

function only(value: string | string[] | undefined): string | null {
  return typeof value === "string" ? value : null;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const given = await searchParams;
  const returnPath = safeReturnPath(pathOf(only(given["callbackUrl"])));
  const refusal = only(given["error"]);
  const isRefusedProof = (await isSignedIn()) && refusal !== null;
  // Whoever is signed in and failed to prove it once more is told so; anybody else who is signed in goes on.
  if (!isRefusedProof && (await isSignedIn())) redirect(returnPath);
  return (
    <main className="grid min-h-dvh place-items-center bg-canvas px-4 py-10">
      <div className="grid w-full max-w-90 gap-6">
        <header className="grid justify-items-center gap-3 text-center">
          <ProductMark size={44} />
          <h1 className="text-title">Countersign</h1>
          <p className="text-balance text-ink-2">
            Nothing changes the cloud until a second person has countersigned exactly that change.
          </p>
        </header>
        <section
          aria-label="Sign in"
          className="rounded-md border border-line-strong bg-surface px-5 py-6 sm:px-6"
        >
          {isRefusedProof ? (
            <RefusedProof reason={refusal} returnPath={returnPath} />
          ) : (
            <SignInForm returnPath={returnPath} refusal={refusal} {...signInWays()} />
          )}
        </section>
        <p className="text-center text-small text-balance text-ink-3">
          Every sign-in is recorded, with the address it came from. A session ends after two hours without
          use.
        </p>
      </div>
    </main>
  );
}

/** next-auth hands back an absolute address of this console; only its path counts. */
function pathOf(address: string | null): string | null {
  if (address === null || address.startsWith("/")) return address;
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  return `${url.pathname}${url.search}`;
}
