/** All importers. A new one is one file in this folder and one line here. */
import { fail } from "../../contract/errors.js";
import { dicom } from "./dicom.js";
import { fundusGrades } from "./fundus-grades.js";
import { importInto, type ImportProgress, type ImportSummary, type Importer } from "./importer.js";
import { labelTables } from "./label-tables.js";
import { lidcReadings } from "./lidc-readings.js";
import { luna16 } from "./luna16.js";
import { lungPetCtDx } from "./lung-pet-ct-dx.js";
import { wfdb } from "./wfdb.js";

export const importers: readonly Importer[] = [
  dicom,
  fundusGrades,
  lungPetCtDx,
  luna16,
  lidcReadings,
  labelTables,
  wfdb,
];

/**
 * Imports a collection's own files into a new test-set folder, which appears whole or not at all.
 * @param options by the importer's own schema
 * @throws USAGE for an unknown importer or option; IMPORT_*, TABLE_INVALID, STORAGE_*
 */
export async function importDataset(
  importerId: string,
  source: string,
  folder: string,
  options?: unknown,
  onProgress?: ImportProgress,
): Promise<ImportSummary> {
  const importer = importers.find(({ id }) => id === importerId);
  if (importer === undefined) {
    const known = importers.map(({ id }) => id).join(", ");
    return fail("USAGE", `there is no importer "${importerId}"`, { hint: `Importers: ${known}.` });
  }
  return importInto(importer, source, folder, options, onProgress);
}
