/** The part of @cornerstonejs/codec-charls that is used; the package carries no types. */
declare module "@cornerstonejs/codec-charls/decodewasmjs" {
  interface JpegLsDecoder {
    getEncodedBuffer(length: number): Uint8Array;
    decode(): void;
    getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number };
    /** 0 none (by plane), 1 by line, 2 by sample. */
    getInterleaveMode(): number;
    /** A view into the codec's memory. */
    getDecodedBuffer(): Uint8Array;
    delete(): void;
  }
  export interface CharlsModule {
    JpegLSDecoder: new () => JpegLsDecoder;
  }
  export default function createModule(options: {
    print: (line: string) => void;
    printErr: (line: string) => void;
  }): Promise<CharlsModule>;
}
