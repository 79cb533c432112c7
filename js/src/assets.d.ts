// esbuild bundles these files as text.
declare module "*.css" {
  const text: string;
  export default text;
}
declare module "*.html" {
  const text: string;
  export default text;
}

declare module "*.mjs" {
  export function expand(css: string): string;
}

declare module "*/loader.js" {
  const loader: { initialize(props: unknown): void; render(props: unknown): Promise<() => void> };
  export default loader;
}
