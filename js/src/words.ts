// Words and sentences: chosen language, placeholders filled. All texts come from Python's one table.
import { Scene, Segments, Story } from "./scene";

export class Words {
  readonly lang: string;
  private readonly table: Record<string, string>;
  readonly story: Story | undefined;

  constructor(private readonly scene: Scene, wish: string) {
    this.lang = chooseLanguage(wish, Object.keys(scene.ui ?? {}));
    this.table = scene.ui?.[this.lang] ?? {};
    this.story = scene.story?.[this.lang];
  }

  /** The word for `key`, with {placeholders} filled in. */
  t(key: string, values: Record<string, string | number> = {}): string {
    const text = this.table[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
  }

  /** The same as segments: **bold** parts at odd places. */
  segments(key: string, values: Record<string, string | number> = {}): Segments {
    return (this.table[key] ?? key).split("**").map((part) => part.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? "")));
  }

  naiveStory(): Pick<Story, "function" | "next_function"> | undefined {
    const all = this.scene.naive?.story;
    return all?.[this.lang];
  }
}

/** `wish` is "auto" or a language; "auto" asks the page, then the browser. */
export function chooseLanguage(wish: string, known: string[]): string {
  const asked = wish && wish !== "auto" ? [wish] : [pageLanguage(), ...(navigator.languages ?? [])];
  for (const tag of asked) {
    const short = tag.slice(0, 2).toLowerCase();
    if (known.includes(short)) return short;
  }
  return known.includes("en") ? "en" : (known[0] ?? "en");
}

/** A host's own language says more than its `lang` attribute when that is only the default "en". */
function pageLanguage(): string {
  const lang = document.documentElement.lang ?? "";
  return lang.toLowerCase().startsWith("en") ? "" : lang;
}
