// The payload: JSON text, or gzip for a large graph.
import { AnyModel } from "./model";
import { Unreadable } from "./message";
import { readScene, Scene } from "./scene";

export function loadScene(model: AnyModel): Scene | Promise<Scene> {
  const packed = model.get("_packed") as DataView | Uint8Array | ArrayBuffer | null | undefined;
  if (packed && packed.byteLength) return unpack(packed).then(readScene);
  return readScene((model.get("_scene") as string | undefined) ?? "");
}

async function unpack(packed: DataView | Uint8Array | ArrayBuffer): Promise<string> {
  if (typeof DecompressionStream === "undefined") throw new Unreadable("tooOld");
  const bytes = packed instanceof ArrayBuffer ? new Uint8Array(packed) : new Uint8Array(packed.buffer as ArrayBuffer, packed.byteOffset, packed.byteLength);
  try {
    return await new Response(new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  } catch {
    throw new Unreadable("notUnpacked");
  }
}
