import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/api/root.ts";

export type CertificatePage = inferRouterOutputs<AppRouter>["certificates"]["list"];
export type CertificateRow = CertificatePage["open"][number];
export type BackendPageData = inferRouterOutputs<AppRouter>["certificates"]["backend"];
export type EngineTrial = BackendPageData["trials"][number];
export type CertificateAnswer = inferRouterOutputs<AppRouter>["certificates"]["answer"];

/** Hours and minutes that a certificate has left, such as `3 h 12 min`. */
export function timeLeft(until: Date, now: Date): string {
  const minutes = Math.max(0, Math.floor((until.getTime() - now.getTime()) / 60_000));
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes % 60} min`;
}
