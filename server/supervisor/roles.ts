import { connect, type Connection } from "#db/client.ts";
import { SentenceError } from "./sentence-error.ts";
import { systemCode } from "./system-error.ts";

export const OWNER_ROLE = "countersign_owner";
const DATABASE = "countersign";

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const INVALID_PASSWORD = "28P01";
const INSUFFICIENT_PRIVILEGE = "42501";
const DUPLICATE_OBJECT = "42710";
/** What the loser of two at the same moment gets: both looked before either had written. */
const UNIQUE_VIOLATION = "23505";

const urlOf = (role: string, database: string, socketDir: string) =>
  `postgres://${role}@localhost/${database}?host=${encodeURIComponent(socketDir)}`;

async function withConnection<T>(url: string, use: (sql: Connection["sql"]) => PromiseLike<T>): Promise<T> {
  const connection = connect(url, { max: 1 });
  try {
    return await use(connection.sql);
  } finally {
    await connection.close();
  }
}

/**
 * Makes the owner role and its database in a new embedded cluster, and answers the owner's address.
 * The owner may make roles and databases but is no superuser: migrations never run with more right.
 */
export async function ensureOwner(socketDir: string): Promise<string> {
  await withConnection(urlOf("postgres", "postgres", socketDir), async (sql) => {
    const roles = await sql`select 1 from pg_roles where rolname = ${OWNER_ROLE}`;
    if (roles.length === 0) await sql`create role ${sql(OWNER_ROLE)} login createrole createdb`;
    const databases = await sql`select 1 from pg_database where datname = ${DATABASE}`;
    if (databases.length === 0) await sql`create database ${sql(DATABASE)} owner ${sql(OWNER_ROLE)}`;
  });
  return urlOf(OWNER_ROLE, DATABASE, socketDir);
}

/** Name of the application role beside a database: its own for each, as roles belong to the whole server. */
export function appRoleOf(ownerUrl: string): string {
  const database = decodeURIComponent(new URL(ownerUrl).pathname.slice(1));
  // Postgres cuts longer names off in silence (NAMEDATALEN).
  return `${Buffer.from(database)
    .subarray(0, 59)
    .toString("utf8")
    .replace(/\uFFFD$/, "")}_app`;
}

/**
 * Makes the application role beside a database unless it is there, and answers the application's address. An existing
 * role keeps its password: other hosts sign in with it. Throws SentenceError, or what the driver says.
 */
export async function ensureAppRole(
  ownerUrl: string,
  app: { readonly role: string; readonly password: string },
): Promise<string> {
  const { role, password } = app;
  if (!/^[A-Za-z0-9_-]{32,}$/.test(password))
    throw new Error("The application role needs a generated password.");
  const url = new URL(ownerUrl);
  url.username = encodeURIComponent(role);
  url.password = password;
  await withConnection(ownerUrl, async (sql) => {
    const roles = await sql`select 1 from pg_roles where rolname = ${role}`;
    if (roles.length === 0) await createRole(sql, app);
  });
  await assertSignIn(url.toString(), role);
  return url.toString();
}

async function createRole(
  sql: Connection["sql"],
  { role, password }: { readonly role: string; readonly password: string },
): Promise<void> {
  try {
    // A utility statement takes no parameters; the check of the password leaves nothing to escape.
    await sql`create role ${sql(role)} login password ${sql.unsafe(`'${password}'`)}`;
  } catch (error) {
    // Another host made it at the same moment.
    if ([DUPLICATE_OBJECT, UNIQUE_VIOLATION].includes(systemCode(error) ?? "")) return;
    if (systemCode(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new SentenceError(
      `The role of DATABASE_URL may not make the application's role ${role}. Nothing was started. ` +
        "Set DATABASE_APP_URL to a plain role that you have made, or give the owner CREATEROLE.",
      error,
    );
  }
}

/** The password comes from the sealing key, so a wrong one shows here before anything is touched. */
async function assertSignIn(appUrl: string, role: string): Promise<void> {
  try {
    await withConnection(appUrl, (sql) => sql`select 1`);
  } catch (error) {
    if (systemCode(error) !== INVALID_PASSWORD) throw error;
    throw new SentenceError(
      `The role ${role} exists with another password than COUNTERSIGN_SEAL_KEY gives it. Nothing was changed. ` +
        "Set COUNTERSIGN_SEAL_KEY to the key this database was set up with; " +
        `or, where the role is of an earlier, empty installation, drop it: DROP ROLE "${role}"`,
      error,
    );
  }
}
