CREATE TABLE "installation" (
	"id" integer PRIMARY KEY NOT NULL,
	"host_id" text NOT NULL,
	CONSTRAINT "installation_host_id_unique" UNIQUE("host_id"),
	CONSTRAINT "installation_one" CHECK ("installation"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "operation" (
	"nonce" text PRIMARY KEY NOT NULL,
	"job_id" uuid,
	"attempt" integer NOT NULL,
	"op" text NOT NULL,
	"message" text NOT NULL,
	"issued_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"asked_by" uuid,
	CONSTRAINT "operation_attempt" UNIQUE("job_id","attempt"),
	CONSTRAINT "operation_origin" CHECK (("operation"."job_id" is null) <> ("operation"."asked_by" is null))
);
--> statement-breakpoint
CREATE TABLE "signature" (
	"id" uuid PRIMARY KEY NOT NULL,
	"job_id" uuid,
	"digest" text,
	"requested_by" uuid,
	"nonce" text NOT NULL,
	"signer_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"presented_by" uuid NOT NULL,
	"session_id" uuid NOT NULL,
	"armored" text NOT NULL,
	"message" text NOT NULL,
	"namespace" text NOT NULL,
	"presence" jsonb,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "signature_nonce_unique" UNIQUE("nonce"),
	CONSTRAINT "signature_second_person" CHECK ("signature"."person_id" <> "signature"."requested_by"),
	CONSTRAINT "signature_of_job" CHECK (("signature"."job_id" is null) = ("signature"."digest" is null) and ("signature"."job_id" is null) = ("signature"."requested_by" is null))
);
--> statement-breakpoint
CREATE TABLE "signer" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"role" text NOT NULL,
	"key_type" text NOT NULL,
	"public_key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"comment" text NOT NULL,
	"valid_after" timestamp with time zone,
	"valid_before" timestamp with time zone,
	"enrolled_at" timestamp with time zone NOT NULL,
	"enrolled_by" text NOT NULL,
	"revoked_at" timestamp with time zone,
	"revoked_by" text,
	"revoked_reason" text,
	CONSTRAINT "signer_public_key_unique" UNIQUE("public_key"),
	CONSTRAINT "signer_fingerprint_unique" UNIQUE("fingerprint"),
	CONSTRAINT "signer_revoked" CHECK (("signer"."revoked_at" is null) = ("signer"."revoked_by" is null))
);
--> statement-breakpoint
CREATE TABLE "used_nonce" (
	"nonce" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"presented_by" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "operation" ADD CONSTRAINT "operation_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operation" ADD CONSTRAINT "operation_asked_by_person_id_fk" FOREIGN KEY ("asked_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signature" ADD CONSTRAINT "signature_nonce_used_nonce_nonce_fk" FOREIGN KEY ("nonce") REFERENCES "public"."used_nonce"("nonce") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signature" ADD CONSTRAINT "signature_signer_id_signer_id_fk" FOREIGN KEY ("signer_id") REFERENCES "public"."signer"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signature" ADD CONSTRAINT "signature_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signature" ADD CONSTRAINT "signature_presented_by_person_id_fk" FOREIGN KEY ("presented_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signature" ADD CONSTRAINT "signature_job_id_requested_by_job_id_requested_by_fk" FOREIGN KEY ("job_id","requested_by") REFERENCES "public"."job"("id","requested_by") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signature" ADD CONSTRAINT "signature_job_id_digest_job_id_digest_fk" FOREIGN KEY ("job_id","digest") REFERENCES "public"."job"("id","digest") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signer" ADD CONSTRAINT "signer_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "used_nonce" ADD CONSTRAINT "used_nonce_presented_by_person_id_fk" FOREIGN KEY ("presented_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "signature_once" ON "signature" USING btree ("job_id");--> statement-breakpoint
CREATE INDEX "signer_person" ON "signer" USING btree ("person_id");--> statement-breakpoint
insert into installation (id, host_id) values (1, 'countersign-' || gen_random_uuid());
--> statement-breakpoint
create trigger announce after insert on operation for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert or update on signer for each row execute function announce_change();
