// Words and sentences: chosen language, placeholders filled. All texts come from Python's one table.
import { chooseLanguage, fill } from "./language";
import { Scene, Segments, Story } from "./scene";

export class Words {
  readonly lang: string;
  private readonly table: Record<string, string>;
  readonly story: Story;

  constructor(private readonly scene: Scene, wish: string) {
    this.lang = chooseLanguage(wish, Object.keys(scene.story));
    this.table = scene.ui[this.lang]!;
    this.story = scene.story[this.lang]!;
    for (const variable of scene.trace.variables) variable.name = variable.name.replace(/ \((?:step|단계) (\d+)\)/g, (_, n) => this.t("turn", { n }));
  }

  /** The word for `key`, with {placeholders} filled in. */
  t(key: string, values: Record<string, string | number> = {}): string {
    return fill(this.table[key]!, values);
  }

  /** The same as segments: **bold** parts at odd places. */
  segments(key: string, values: Record<string, string | number> = {}): Segments {
    return this.table[key]!.split("**").map((part) => fill(part, values));
  }

  /** A general rule in this language. */
  rule(rule: string): string {
    return this.story.rules?.[rule] ?? rule;
  }

  /** The path of a module or a loop, or the label of a function, in this language. */
  path(path: string): string {
    return path.split(".").map((part) => this.story.titles?.[part] ?? part).join(".");
  }

  get remarks(): [string, string, number, string][] {
    return this.scene.remarks?.[this.lang] ?? [];
  }

  naiveStory(): Pick<Story, "function" | "next_function"> | undefined {
    return this.scene.naive?.story[this.lang];
  }
}
