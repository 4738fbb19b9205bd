/** Paints lesions and distractors into layers of blood (absorption) and of bright and dark matter (coverage). */
import type { RandomStream } from "../../src/stats/random.js";
import type { Anatomy } from "./anatomy.js";
import { addSpot, paintDisc, paintLine, type Frame, type Layer } from "./canvas.js";
import { between, chance, wholeBetween } from "./draw.js";
import type { Distractor, Lesion } from "./lesions.js";

/** The layers that lesions go to; all are 0 where nothing is. */
interface LesionLayers {
  readonly blood: Layer;
  /** Fresh vessels: thin, bright red. */
  readonly fresh: Layer;
  readonly exudate: Layer;
  readonly cotton: Layer;
  readonly scar: Layer;
  readonly pigment: Layer;
  readonly reflex: Layer;
}

/** Paints one lesion; draws its shape from `random`. */
export function paintLesion(
  layers: LesionLayers,
  frame: Frame,
  random: RandomStream,
  lesion: Lesion,
  anatomy: Anatomy,
): void {
  const { x, y, radius, contrast } = lesion;
  switch (lesion.kind) {
    case "microaneurysm":
      paintDisc(layers.blood, frame, x, y, radius, radius * 0.9, 0.75 * contrast);
      return;
    case "dot":
      for (let k = 0; k < 3; k++) {
        paintDisc(
          layers.blood,
          frame,
          x + 0.4 * radius * random.normal(),
          y + 0.4 * radius * random.normal(),
          radius * between(random, 0.55, 0.9),
          radius * 0.9,
          0.85 * contrast * between(random, 0.7, 1),
        );
      }
      return;
    case "blot":
      paintDisc(layers.blood, frame, x, y, radius * between(random, 0.5, 0.7), radius * 0.6, 0.75 * contrast);
      for (let k = 0; k < 12; k++) {
        const angle = between(random, 0, 2 * Math.PI);
        const away = radius * 0.75 * Math.sqrt(random.float());
        paintDisc(
          layers.blood,
          frame,
          x + away * Math.cos(angle),
          y + away * Math.sin(angle),
          radius * between(random, 0.25, 0.6),
          radius * 0.75,
          0.8 * contrast * between(random, 0.5, 1),
        );
      }
      return;
    case "flame": {
      // Blood between nerve fibres lies along the line from the disc.
      const along = Math.atan2(y - anatomy.disc.y, x - anatomy.disc.x) + between(random, -0.25, 0.25);
      const c = Math.cos(along);
      const s = Math.sin(along);
      for (let k = wholeBetween(random, 7, 13); k > 0; k--) {
        const off = 0.16 * radius * random.normal();
        const half = radius * between(random, 0.25, 0.8) * Math.max(0.25, 1 - Math.abs(off) / (0.4 * radius));
        const shift = 0.25 * radius * random.normal();
        const mx = x - s * off + c * shift;
        const my = y + c * off + s * shift;
        const r = radius * between(random, 0.08, 0.18);
        const value = 0.8 * contrast * between(random, 0.45, 1);
        const taper = between(random, 0.15, 0.5);
        paintLine(
          layers.blood,
          frame,
          mx - c * half,
          my - s * half,
          r,
          mx + c * half,
          my + s * half,
          r * taper,
          radius * 0.26,
          value,
        );
      }
      return;
    }
    case "exudates": {
      const circinate = chance(random, 0.35);
      const from = between(random, 0, 2 * Math.PI);
      const arc = between(random, 2.2, 5.6);
      for (let k = wholeBetween(random, 5, 44); k > 0; k--) {
        const angle = circinate ? from + arc * random.float() : between(random, 0, 2 * Math.PI);
        const away = circinate ? radius * (0.85 + 0.12 * random.normal()) : radius * 0.55 * Math.abs(random.normal());
        const ex = x + away * Math.cos(angle);
        const ey = y + away * Math.sin(angle);
        const size = 0.003 + 0.0095 * random.float() * random.float();
        const value = Math.min(1, 0.2 + contrast) * between(random, 0.5, 1);
        paintDisc(layers.exudate, frame, ex, ey, size, 0.005, value);
        if (chance(random, 0.5))
          paintDisc(
            layers.exudate,
            frame,
            ex + size * random.normal(),
            ey + size * random.normal(),
            size * 0.8,
            0.005,
            value * 0.9,
          );
      }
      return;
    }
    case "cotton-wool":
      for (let k = 0; k < 5; k++) {
        const angle = between(random, 0, 2 * Math.PI);
        addSpot(
          layers.cotton,
          frame,
          x + 0.45 * radius * Math.cos(angle),
          y + 0.4 * radius * Math.sin(angle),
          radius * between(random, 0.35, 0.6),
          radius * between(random, 0.25, 0.45),
          between(random, 0, Math.PI),
          0.3 * contrast,
        );
      }
      return;
    case "beading":
      // Painted with the veins themselves.
      return;
    case "irma":
      tangle(layers.blood, frame, random, x, y, radius, 4, 0.0026, 0.75 * contrast);
      return;
    case "new-vessels-disc":
      tangle(layers.fresh, frame, random, x, y, radius, 15, 0.003, 0.35 + 0.6 * contrast);
      return;
    case "new-vessels-elsewhere":
      tangle(layers.fresh, frame, random, x, y, radius, 10, 0.003, 0.35 + 0.6 * contrast);
      return;
    case "preretinal": {
      // Blood before the retina sinks: a clot that is level above only when it is fresh.
      const rows = 26;
      const level = chance(random, 0.5) ? 0 : between(random, 0.3, 0.8);
      const lean = between(random, -0.3, 0.3);
      for (let k = 0; k <= rows; k++) {
        const depth = k / rows;
        const away = depth - level * (1 - depth);
        const half = radius * 1.15 * Math.sqrt(Math.max(0, 1 - away * away)) * between(random, 0.86, 1.06);
        const yy = y + away * radius * 0.75;
        const xx = x + lean * away * radius;
        const value = Math.min(1.2, (0.55 + 0.6 * contrast) * between(random, 0.85, 1));
        paintLine(
          layers.blood,
          frame,
          xx - half,
          yy - lean * half,
          radius * 0.06,
          xx + half,
          yy + lean * half,
          radius * 0.06,
          radius * 0.16,
          value,
        );
      }
      return;
    }
    case "laser": {
      const old = chance(random, 0.6);
      paintDisc(layers.scar, frame, x, y, radius, radius * 0.8, between(random, 0.18, 0.4));
      if (old)
        paintDisc(
          layers.pigment,
          frame,
          x + 0.3 * radius * random.normal(),
          y + 0.3 * radius * random.normal(),
          radius * between(random, 0.25, 0.6),
          radius * 0.5,
          between(random, 0.2, 0.7),
        );
      return;
    }
  }
}

/** Paints one distractor. */
export function paintDistractor(
  layers: LesionLayers,
  frame: Frame,
  random: RandomStream,
  distractor: Distractor,
): void {
  const { x, y, radius, contrast } = distractor;
  if (distractor.kind === "pigment") {
    for (let k = 0; k < 3; k++)
      paintDisc(
        layers.pigment,
        frame,
        x + 0.5 * radius * random.normal(),
        y + 0.5 * radius * random.normal(),
        radius * between(random, 0.4, 0.8),
        radius * 0.8,
        contrast * between(random, 0.5, 1),
      );
  } else if (distractor.kind === "reflex") {
    addSpot(
      layers.reflex,
      frame,
      x,
      y,
      radius,
      radius * between(random, 0.15, 0.5),
      between(random, 0, Math.PI),
      contrast * 0.5,
    );
  } else {
    paintDisc(layers.exudate, frame, x, y, radius, radius * 1.1, contrast * 0.55);
  }
}

/** A tangle of fine vessels: random walks from a few roots that loop back. */
function tangle(
  layer: Layer,
  frame: Frame,
  random: RandomStream,
  x: number,
  y: number,
  radius: number,
  walks: number,
  line: number,
  value: number,
): void {
  const step = 0.009;
  for (let w = 0; w < walks; w++) {
    let px = x + 0.25 * radius * random.normal();
    let py = y + 0.25 * radius * random.normal();
    let heading = between(random, 0, 2 * Math.PI);
    let bend = 0;
    const steps = Math.round((radius / step) * between(random, 0.9, 2.4));
    for (let k = 0; k < steps; k++) {
      bend = 0.75 * bend + 0.22 * random.normal();
      heading += bend;
      // Walks that leave the tangle are drawn back, which makes loops.
      const dx = x - px;
      const dy = y - py;
      if (dx * dx + dy * dy > radius * radius) {
        let turn = Math.atan2(dy, dx) - heading;
        if (turn > Math.PI) turn -= 2 * Math.PI;
        if (turn < -Math.PI) turn += 2 * Math.PI;
        heading += 0.3 * turn;
      }
      const nx = px + step * Math.cos(heading);
      const ny = py + step * Math.sin(heading);
      paintLine(layer, frame, px, py, line, nx, ny, line, 0.004, value * (1 - (0.4 * k) / steps));
      px = nx;
      py = ny;
    }
  }
}
