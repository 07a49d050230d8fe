CREATE TABLE "access_decision" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "access_decision_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"decision_id" text NOT NULL,
	"asker" text NOT NULL,
	"subject" text NOT NULL,
	"resource" text NOT NULL,
	"action" text NOT NULL,
	"effect" text NOT NULL,
	"reason" text NOT NULL,
	"question" jsonb NOT NULL,
	"envelope" jsonb NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "access_decision_is_envelope" CHECK ("access_decision"."envelope"->>'id' = "access_decision"."decision_id" and "access_decision"."envelope"->>'effect' = "access_decision"."effect")
);
--> statement-breakpoint
CREATE TABLE "access_package" (
	"number" integer PRIMARY KEY NOT NULL,
	"document" text NOT NULL,
	"name" text NOT NULL,
	"version" text NOT NULL,
	"passing" integer NOT NULL,
	"cases" integer NOT NULL,
	"proposal_id" uuid,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "access_package_agreed" CHECK ("access_package"."number" = 1 or "access_package"."proposal_id" is not null),
	CONSTRAINT "access_package_passes" CHECK ("access_package"."passing" = "access_package"."cases")
);
--> statement-breakpoint
CREATE TABLE "access_provider" (
	"number" integer PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"origin" text,
	"smokes" jsonb,
	"proposal_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "access_provider_external" CHECK (("access_provider"."kind" = 'external') = ("access_provider"."origin" is not null and "access_provider"."smokes" is not null))
);
--> statement-breakpoint
CREATE TABLE "access_registry" (
	"number" integer PRIMARY KEY NOT NULL,
	"snapshot" text NOT NULL,
	"digest" text NOT NULL,
	"says" text NOT NULL,
	"proposal_id" uuid,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "access_registry_agreed" CHECK ("access_registry"."number" = 1 or "access_registry"."proposal_id" is not null),
	CONSTRAINT "access_registry_digest" CHECK ("access_registry"."digest" ~ '^sha256:[0-9a-f]{64}$')
);
--> statement-breakpoint
ALTER TABLE "access_package" ADD CONSTRAINT "access_package_proposal_id_proposal_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."proposal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_provider" ADD CONSTRAINT "access_provider_proposal_id_proposal_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."proposal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_registry" ADD CONSTRAINT "access_registry_proposal_id_proposal_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."proposal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "access_decision_id" ON "access_decision" USING btree ("decision_id");--> statement-breakpoint
CREATE INDEX "access_decision_subject" ON "access_decision" USING btree ("subject","seq");