CREATE TABLE "register_prose" (
	"document_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"part" text NOT NULL,
	"was" text NOT NULL,
	"words" text,
	"reason" text,
	"person_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "register_prose_document_id_number_pk" PRIMARY KEY("document_id","number")
);
--> statement-breakpoint
ALTER TABLE "register_prose" ADD CONSTRAINT "register_prose_document_id_register_document_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."register_document"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "register_prose" ADD CONSTRAINT "register_prose_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;