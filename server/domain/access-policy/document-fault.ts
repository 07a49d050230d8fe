/** What is wrong with a package, and where: `rules.sign.when[0]`, `fixtures[2].request.action`. */
export interface DocumentFault {
  path: string;
  says: string;
}

const FAULTS_MAX = 100;

/** Collects faults up to a bound. */
export class DocumentFaults {
  readonly list: DocumentFault[] = [];

  add(path: string, says: string): void {
    if (this.list.length < FAULTS_MAX) this.list.push({ path, says });
  }
}
