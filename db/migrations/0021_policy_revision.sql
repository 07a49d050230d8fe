CREATE TABLE "policy_revision" (
	"id" uuid PRIMARY KEY NOT NULL,
	"cloud_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"source" text NOT NULL,
	"live" text NOT NULL,
	"release" text NOT NULL,
	"matrix_set" text NOT NULL,
	"note" text NOT NULL,
	"digest" text NOT NULL,
	"saved_by" uuid NOT NULL,
	"saved_at" timestamp with time zone NOT NULL,
	CONSTRAINT "policy_revision_number" UNIQUE("cloud_id","number")
);
--> statement-breakpoint
ALTER TABLE "policy_revision" ADD CONSTRAINT "policy_revision_cloud_id_cloud_id_fk" FOREIGN KEY ("cloud_id") REFERENCES "public"."cloud"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policy_revision" ADD CONSTRAINT "policy_revision_saved_by_person_id_fk" FOREIGN KEY ("saved_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;