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
