CREATE TABLE "series_mark" (
	"series" text NOT NULL,
	"document_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"largest" integer NOT NULL,
	"width" integer NOT NULL,
	"line" integer NOT NULL,
	CONSTRAINT "series_mark_series_document_id_version_pk" PRIMARY KEY("series","document_id","version")
);
--> statement-breakpoint
ALTER TABLE "series_number" ADD COLUMN "source" text NOT NULL;--> statement-breakpoint
ALTER TABLE "series_mark" ADD CONSTRAINT "series_mark_document_id_register_document_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."register_document"("id") ON DELETE no action ON UPDATE no action;