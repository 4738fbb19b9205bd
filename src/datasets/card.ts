/** Reads dataset.yaml, the card of a test set. */
import { datasetCard, type DatasetCard } from "../contract/dataset-card.js";
import { hashDocument } from "../storage/canonical-json.js";
import { readYaml } from "../storage/documents.js";
import { partOf } from "./folder.js";

/** The card and its hash (of the canonical JSON, defaults filled in). @throws DOCUMENT_* */
export async function readCard(folder: string): Promise<{ card: DatasetCard; cardHash: string }> {
  const card = await readYaml(partOf(folder, "card"), datasetCard);
  return { card, cardHash: hashDocument(card) };
}
