// What moves: custom properties, since an animation cannot change what a style sheet says with `!important`.

const ANIMATED_PROPERTIES: [string, string, string][] = [["--ng-dash", "<number>", "0"], ["--ng-pop", "<number>", "1"], ["--ng-turn", "<number>", "0"], ["--ng-dx", "<length>", "0px"], ["--ng-dy", "<length>", "0px"]];

/** Tell the page of which kind they are; it may know already, from another stepper. */
export function registerMotion(): void {
  for (const [name, syntax, initialValue] of ANIMATED_PROPERTIES)
    try {
      CSS.registerProperty({ name, syntax, initialValue, inherits: false });
    } catch {
      // known, or a browser without it, in which nothing moves
    }
}
