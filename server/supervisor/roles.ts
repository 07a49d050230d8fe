import { connect, type Connection } from "#db/client.ts";
import { SentenceError } from "./sentence-error.ts";

export const OWNER_ROLE = "countersign_owner";
export const APP_ROLE = "countersign_app";
const DATABASE = "countersign";

const urlOf = (role: string, database: string, socketDir: string) =>
  `postgres://${role}@localhost/${database}?host=${encodeURIComponent(socketDir)}`;

async function withConnection<T>(url: string, use: (sql: Connection["sql"]) => Promise<T>): Promise<T> {
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

/**
 * Makes the application role beside a database, or gives it this password again, and answers the
 * application's address. The password is made of letters, digits, `-` and `_`.
 */
export async function ensureAppRole(ownerUrl: string, password: string): Promise<string> {
  if (!/^[A-Za-z0-9_-]{32,}$/.test(password))
    throw new Error("The application role needs a generated password.");
  try {
    await withConnection(ownerUrl, async (sql) => {
      const roles = await sql`select 1 from pg_roles where rolname = ${APP_ROLE}`;
      const verb = roles.length === 0 ? "create" : "alter";
      // A utility statement takes no parameters; the check above leaves nothing to escape.
      await sql.unsafe(`${verb} role ${APP_ROLE} login password '${password}'`);
    });
  } catch (error) {
    throw new SentenceError(
      `The application role ${APP_ROLE} could not be made with DATABASE_URL: ${String(error)}. ` +
        "Set DATABASE_APP_URL to a role of your own, or let the owner create roles.",
      error,
    );
  }
  const url = new URL(ownerUrl);
  url.username = APP_ROLE;
  url.password = password;
  return url.toString();
}
