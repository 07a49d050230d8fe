import { ProductMark } from "#components/shell/product-mark.tsx";
import { ButtonLink } from "#components/ui/button.tsx";

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-content-center justify-items-center gap-3 bg-surface px-4 text-center">
      <ProductMark size={36} />
      <h1 className="mt-2 text-title">There is nothing at this address</h1>
      <p className="max-w-105 text-balance text-ink-2">
        It was mistyped, or what stood here is not visible to you. Nothing was changed.
      </p>
      <ButtonLink href="/inbox" className="mt-2">
        Go to the inbox
      </ButtonLink>
    </main>
  );
}
