/** Paints a photograph: layers of vessels, lesions and texture are turned into colour by absorption and blending, then blurred, lit and made noisy as its camera and quality say. */
import sharp from "sharp";
import { RandomStream, streamOf } from "../../src/stats/random.js";
import type { Anatomy } from "./anatomy.js";
import { addTexture, blur, paintLine, SIDE, type Frame, type Layer } from "./canvas.js";
import { between, chance } from "./draw.js";
import { paintDistractor, paintLesion } from "./paint-lesions.js";
import { cameraModels, type CameraModel, type Optics } from "./optics.js";
import { purposeStream, type Photograph } from "./photograph.js";

const PIXELS = SIDE * SIDE;
const layer = (): Layer => new Float32Array(PIXELS);

/** Working memory of one thread: about 17 MB, used again for each photograph. */
const work = {
  vessel: layer(),
  shine: layer(),
  blood: layer(),
  fresh: layer(),
  exudate: layer(),
  cotton: layer(),
  scar: layer(),
  pigment: layer(),
  reflex: layer(),
  texture: layer(),
  choroid: layer(),
  red: layer(),
  green: layer(),
  blue: layer(),
  scratch: layer(),
};

/** A tile of standard normal numbers, drawn once: sensor noise reads it at a random offset. */
const NOISE = 1 << 18;
let noiseTile: Float32Array | undefined;
function noise(): Float32Array {
  if (noiseTile === undefined) {
    const random = new RandomStream(0x6e6f697365n, streamOf("fundus", "sensor"));
    noiseTile = new Float32Array(NOISE);
    for (let k = 0; k < NOISE; k++) noiseTile[k] = random.normal();
  }
  return noiseTile;
}

/** Paints a photograph. @returns RGB bytes, 3 * (x + 512 * y). */
function paintPhotograph(photograph: Photograph): Uint8Array {
  const { spec, anatomy, optics } = photograph;
  const model = cameraModels[spec.camera];
  const frame: Frame = { scale: (model.field * SIDE) / 2, centre: (SIDE - 1) / 2, mirror: spec.eye === "left" };
  for (const each of Object.values(work)) each.fill(0);
  const person = purposeStream(spec, "person");
  const shapes = purposeStream(spec, "shapes");
  paintVessels(anatomy, frame, between(person, 0.75, 1.05));
  for (const lesion of photograph.lesions) paintLesion(work, frame, shapes, lesion, anatomy);
  for (const distractor of photograph.distractors)
    paintDistractor(work, frame, purposeStream(spec, "distractor shapes"), distractor);
  const texture = purposeStream(spec, "texture");
  addTexture(work.texture, texture, 4, 0.035);
  addTexture(work.texture, texture, 14, 0.018);
  addTexture(work.texture, texture, 38, 0.012);
  addTexture(work.texture, texture, 120, 0.014);
  const tessellated = chance(person, 0.35) ? between(person, 0.35, 1) : 0;
  if (tessellated > 0) paintChoroid(purposeStream(spec, "choroid"), frame, anatomy, tessellated);
  compose(photograph, model, frame, person);
  blur(work.red, optics.sigma, work.scratch);
  blur(work.green, optics.sigma, work.scratch);
  blur(work.blue, optics.sigma * 1.15, work.scratch);
  return expose(photograph, model, frame, optics);
}

/** Paints a photograph and encodes it as JPEG (baseline, 4:2:0) at its camera's quality. */
export async function photographJpeg(photograph: Photograph): Promise<Buffer> {
  const pixels = paintPhotograph(photograph);
  return sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .jpeg({ quality: cameraModels[photograph.spec.camera].jpegQuality, chromaSubsampling: "4:2:0" })
    .toBuffer();
}

function paintVessels(anatomy: Anatomy, frame: Frame, strength: number): void {
  for (const piece of anatomy.vessels) {
    const amount = (piece.artery ? 0.56 : 0.86) * strength;
    paintLine(work.vessel, frame, piece.xa, piece.ya, piece.ra, piece.xb, piece.yb, piece.rb, 0.0045, amount);
    if (piece.artery && piece.ra > 0.006) {
      paintLine(work.shine, frame, piece.xa, piece.ya, piece.ra * 0.3, piece.xb, piece.yb, piece.rb * 0.3, 0.004, 0.5);
    }
  }
}

/** Choroidal vessels of a tessellated fundus: wide, soft, brighter streaks that run outward, sparing the macula. */
function paintChoroid(random: RandomStream, frame: Frame, anatomy: Anatomy, strength: number): void {
  for (let k = 0; k < 170; k++) {
    const angle = between(random, 0, 2 * Math.PI);
    const start = between(random, 0.25, 0.95);
    let x = start * Math.cos(angle);
    let y = start * Math.sin(angle);
    let heading = Math.atan2(y - anatomy.fovea.y, x - anatomy.fovea.x) + 0.5 * random.normal();
    let bend = 0;
    const width = between(random, 0.009, 0.02);
    const value = strength * between(random, 0.4, 1);
    for (let s = 0; s < 26; s++) {
      bend = 0.8 * bend + 0.07 * random.normal();
      heading += bend;
      const nx = x + 0.016 * Math.cos(heading);
      const ny = y + 0.016 * Math.sin(heading);
      const fx = nx - anatomy.fovea.x;
      const fy = ny - anatomy.fovea.y;
      const spare = Math.min(1, (fx * fx + fy * fy) / 0.16);
      paintLine(work.choroid, frame, x, y, width, nx, ny, width, 0.03, value * spare);
      x = nx;
      y = ny;
    }
  }
}

/** Colour of every pixel of the field before the camera. */
function compose(photograph: Photograph, model: CameraModel, frame: Frame, person: RandomStream): void {
  const { anatomy, spec } = photograph;
  const tintR = model.colour[0] * (1 + 0.05 * person.normal());
  const tintG = model.colour[1] * (1 + 0.06 * person.normal());
  const tintB = model.colour[2] * (1 + 0.1 * person.normal());
  const discG = between(person, 1.25, 1.53);
  const discBlue = between(person, 1.2, 1.7);
  const crescent = chance(person, 0.25) ? between(person, 0.25, 0.6) : 0;
  const sheen = chance(person, 0.55) ? between(person, 0.03, 0.12) : 0;
  const macula = between(person, 0.6, 1.15);
  const fibres = new Float32Array(256);
  const fibreRandom = purposeStream(spec, "fibres");
  for (let k = 0; k < 256; k++) fibres[k] = 0.55 + 0.45 * fibreRandom.float();
  const { vessel, shine, blood, fresh, exudate, cotton, scar, pigment, reflex, texture, choroid, red, green, blue } =
    work;
  const { fovea, disc, discRadius, cup } = anatomy;
  const sign = frame.mirror ? -1 : 1;
  for (let j = 0; j < SIDE; j++) {
    const y = (j - frame.centre) / frame.scale;
    for (let i = 0; i < SIDE; i++) {
      const x = (sign * (i - frame.centre)) / frame.scale;
      const r2 = x * x + y * y;
      if (r2 > 1.06) continue;
      const at = i + SIDE * j;
      const t = 1 + (texture[at] as number);
      const c = choroid[at] as number;
      let R = tintR * (1 + 0.55 * (t - 1)) * (1 + 0.13 * c);
      let G = tintG * t * (1 + 0.1 * c);
      let B = tintB * t * (1 + 0.12 * c);
      const dx = x - disc.x;
      const dy = (y - disc.y) * 0.93;
      const dd2 = dx * dx + dy * dy;
      const rd = Math.sqrt(dd2);
      if (rd < 0.75 && sheen > 0 && rd > 0.05) {
        // Nerve fibres shine above and below the disc, in fine radial streaks.
        const turn = (Math.atan2(dy, dx) / (2 * Math.PI) + 0.5) * 255;
        const k = Math.floor(turn);
        const f = turn - k;
        const streak = (fibres[k] as number) * (1 - f) + (fibres[(k + 1) & 255] as number) * f;
        const poles = (dy * dy) / (dd2 + 1e-6);
        const s = sheen * streak * (0.25 + 0.75 * poles) * Math.exp(-dd2 / 0.07);
        R *= 1 + 0.35 * s;
        G *= 1 + 1.5 * s;
        B *= 1 + 1.8 * s;
      }
      if (crescent > 0 && rd < discRadius * 1.6) {
        const ring =
          crescent * clamp(0.5 + (discRadius * 1.28 - Math.sqrt((dx + 0.025) * (dx + 0.025) + dy * dy)) / 0.03);
        R += ring * (222 - R);
        G += ring * (Math.min(170, 1.35 * tintG + 18) - G);
        B += ring * (1.3 * tintB + 14 - B);
      }
      if (rd < discRadius * 1.3) {
        const a = 0.94 * clamp(0.5 + (discRadius - rd) / 0.022);
        const inner = clamp(0.5 + (discRadius * cup - Math.sqrt((dx + 0.012) * (dx + 0.012) + dy * dy)) / 0.035);
        const temporal = 0.04 * clamp(0.5 - dx / discRadius);
        R += a * (246 + 8 * inner - R);
        G += a * (Math.min(168, (discG + temporal) * tintG + 34) + 30 * inner - G);
        B += a * (Math.min(112, discBlue * tintB + 22) + 34 * inner - B);
      }
      const laser = scar[at] as number;
      if (laser > 0) {
        R += laser * (232 - R);
        G += laser * (Math.min(190, 1.3 * tintG + 40) - G);
        B += laser * (1.3 * tintB + 26 - B);
      }
      const wool = Math.min(0.8, cotton[at] as number);
      if (wool > 0) {
        R += wool * (238 - R);
        G += wool * (Math.min(215, 1.1 * tintG + 95) - G);
        B += wool * (Math.min(180, 1.2 * tintB + 85) - B);
      }
      const fat = Math.min(0.95, exudate[at] as number);
      if (fat > 0) {
        R += fat * (250 - R);
        G += fat * (Math.min(222, 1.2 * tintG + 92) - G);
        B += fat * (Math.min(130, 1.1 * tintB + 42) - B);
      }
      const v = (vessel[at] as number) * (1 - 0.45 * (shine[at] as number));
      const b = blood[at] as number;
      const fr = fresh[at] as number;
      const fx = x - fovea.x;
      const fy = y - fovea.y;
      const f2 = fx * fx + fy * fy;
      const m = f2 < 0.6 ? macula * (0.55 * Math.exp(-f2 / 0.012) + 0.45 * Math.exp(-f2 / 0.11)) : 0;
      const p = pigment[at] as number;
      R *= Math.exp(-(0.27 * v + 0.38 * b + 0.1 * fr + 0.3 * m + 0.85 * p));
      G *= Math.exp(-(0.98 * v + 1.12 * b + 0.95 * fr + 0.62 * m + 0.95 * p));
      B *= Math.exp(-(0.85 * v + 0.98 * b + 0.7 * fr + 0.7 * m + 0.8 * p));
      const light = reflex[at] as number;
      if (light > 0) {
        R += light * 70;
        G += light * 90;
        B += light * 80;
      }
      red[at] = R;
      green[at] = G;
      blue[at] = B;
    }
  }
}

const clamp = (v: number): number => (v < 0 ? 0 : v > 1 ? 1 : v);

/** Light, haze, the field's edge, noise, and rounding to bytes. */
function expose(photograph: Photograph, model: CameraModel, frame: Frame, optics: Optics): Uint8Array {
  const { red, green, blue } = work;
  const tile = noise();
  const random = purposeStream(photograph.spec, "noise");
  const offset = random.below(NOISE);
  const colourOffset = random.below(NOISE);
  const out = new Uint8Array(3 * PIXELS);
  const ux = Math.cos(optics.unevenAngle);
  const uy = Math.sin(optics.unevenAngle);
  const sx = Math.cos(optics.shadowAngle);
  const sy = Math.sin(optics.shadowAngle);
  const fx = Math.cos(optics.flareAngle);
  const fy = Math.sin(optics.flareAngle);
  const hazeR = 0.42 * model.colour[0] + 62;
  const hazeG = 0.5 * model.colour[1] + 66;
  const hazeB = 0.5 * model.colour[2] + 62;
  const edge = 1.6 / frame.scale;
  for (let j = 0; j < SIDE; j++) {
    const y = (j - frame.centre) / frame.scale;
    for (let i = 0; i < SIDE; i++) {
      const x = (i - frame.centre) / frame.scale;
      const at = i + SIDE * j;
      const radius = Math.sqrt(x * x + y * y);
      let field = clamp(0.5 + (1 - radius) / edge);
      if (model.cut < 1) field *= clamp(0.5 + (model.cut - Math.abs(y)) / (0.5 * edge));
      if (model.notch && field > 0) {
        // A small wedge of light at the top right tells how the camera was held.
        const nx = x - 0.72;
        const ny = y + 0.72;
        if (nx * nx + ny * ny < 0.0022) field = 1;
      } else if (model.notch) {
        const nx = x - 0.72;
        const ny = y + 0.72;
        field = clamp(0.5 + (0.045 - Math.sqrt(nx * nx + ny * ny)) / edge);
      }
      const grain = (tile[(offset + at) & (NOISE - 1)] as number) * optics.noise;
      let R = 1.5;
      let G = 1.5;
      let B = 1.5;
      if (field > 0) {
        const r2 = radius * radius;
        let light =
          optics.exposure * (1 - model.vignette * r2 * r2 - 0.1 * r2) * (1 + optics.uneven * (ux * x + uy * y));
        if (optics.shadow > 0)
          light *= 1 - optics.shadow * clamp((sx * x + sy * y - (1 - optics.shadowReach)) / optics.shadowReach);
        const haze = optics.haze * (0.75 + 0.25 * r2);
        const rim = model.rim * clamp((radius - 0.78) / 0.22);
        const glow = rim * rim * 0.28;
        const source = Math.max(light, 0.18);
        R = source * ((red[at] as number) + haze * (hazeR - (red[at] as number)));
        G = source * ((green[at] as number) + haze * (hazeG - (green[at] as number)));
        B = source * ((blue[at] as number) + haze * (hazeB - (blue[at] as number)));
        R += glow * (150 - R);
        G += glow * (140 - G);
        B += glow * (96 - B);
        if (optics.flare > 0) {
          const f = optics.flare * clamp((fx * x + fy * y - 0.62) / 0.3);
          R += f * f * (250 - R);
          G += f * f * (176 - G);
          B += f * f * (78 - B);
        }
        const shot = grain * (0.6 + 0.004 * (R + G));
        const tint = (tile[(colourOffset + at) & (NOISE - 1)] as number) * optics.noise * 0.4;
        // Film and sensors roll off towards white; nothing in the field is black.
        R = Math.max(8, soft(R) + shot + tint);
        G = Math.max(5, soft(G) + shot);
        B = Math.max(3, soft(B) + shot - tint);
        R = 1.5 + field * (R - 1.5);
        G = 1.5 + field * (G - 1.5);
        B = 1.5 + field * (B - 1.5);
      } else {
        R += 0.4 * grain;
        G += 0.4 * grain;
        B += 0.4 * grain;
      }
      out[3 * at] = byte(R);
      out[3 * at + 1] = byte(G);
      out[3 * at + 2] = byte(B);
    }
  }
  return out;
}

const byte = (v: number): number => (v < 0 ? 0 : v > 255 ? 255 : Math.floor(v + 0.5));

/** Straight up to 200, then bent so that 300 becomes 252. */
const soft = (v: number): number => (v <= 200 ? v : 200 + 55 * (1 - Math.exp(-(v - 200) / 45)));
