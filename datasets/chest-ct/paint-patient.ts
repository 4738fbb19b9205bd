/** Paints one patient's series into DICOM folders and has them read. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Reading } from "../../src/contract/reading.js";
import { ctSeriesWriter, uidFromName } from "../../src/imaging/dicom/write.js";
import { imageSize } from "./painter.js";
import { makePhantom } from "./phantom.js";
import type { Phantom } from "./phantom.js";
import type { CasePlan, PatientPlan } from "./plan.js";
import { readChestCt } from "./readers.js";
import { paintSeries, sliceCount } from "./series.js";
import type { SliceSink } from "./series.js";

/** Paints the cases of a patient into `images`/<case id> and returns their readings. */
export function paintPatient(plan: PatientPlan, images: string): Reading[] {
  const phantom = makePhantom(plan.phantom);
  const [first, second] = plan.cases;
  const seriesOf = (c: CasePlan) => ({ thicknessMm: c.thicknessMm, kernel: c.kernel, dose: plan.dose });
  paintSeries(
    phantom,
    seriesOf(first),
    sliceWriter(plan, first, phantom, images),
    second && { plan: seriesOf(second), sink: sliceWriter(plan, second, phantom, images) },
  );
  return plan.cases.flatMap((c) => readChestCt(c, phantom));
}

function sliceWriter(plan: PatientPlan, c: CasePlan, phantom: Phantom, images: string): SliceSink {
  const folder = join(images, c.caseId);
  mkdirSync(folder, { recursive: true });
  const name = `medassay/chest-ct/${plan.phantom.seed}`;
  const { pixel, middleY } = phantom.patient;
  const count = sliceCount(phantom, c.thicknessMm);
  const write = ctSeriesWriter({
    patientId: plan.patientId,
    sex: plan.phantom.sex,
    ageYears: plan.ageYears,
    studyInstanceUid: uidFromName(`${name}/study`),
    frameOfReferenceUid: uidFromName(`${name}/frame`),
    seriesInstanceUid: uidFromName(`${name}/${c.caseId}`),
    acquisitionYear: plan.acquisitionYear,
    manufacturer: plan.manufacturer,
    model: plan.model,
    softwareVersion: "medassay phantom",
    stationName: plan.siteId.toUpperCase(),
    kernel: c.kernelName,
    kvp: plan.kvp,
    tubeCurrentMa: 2 * plan.exposureMas,
    exposureTimeMs: 500,
    exposureMas: plan.exposureMas,
    ...(plan.phantom.enhanced ? { contrastAgent: "Iodinated" } : {}),
    sliceThicknessMm: c.thicknessMm,
    rows: imageSize,
    columns: imageSize,
    spacingMm: [pixel, pixel],
    rescaleIntercept: -1024,
    signed: false,
    seriesNumber: c === plan.cases[0] ? 2 : 3,
    seriesDescription: "Synthetic chest phantom",
  });
  const stored = new Int16Array(imageSize * imageSize);
  return (index, pixels) => {
    for (let i = 0; i < stored.length; i++) stored[i] = pixels[i]! + 1024;
    write(
      join(folder, `${String(index + 1).padStart(4, "0")}.dcm`),
      {
        sopInstanceUid: uidFromName(`${name}/${c.caseId}/${index}`),
        // Scanners number from head to feet.
        instanceNumber: count - index,
        position: [-127.5 * pixel, -127.5 * pixel + middleY, (index + 0.5) * c.thicknessMm],
      },
      stored,
    );
  };
}
