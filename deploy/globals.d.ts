// Names that classic scripts put on the page before our modules run.
import "leaflet";

declare module "leaflet" {
  namespace Map {
    let DjangoMap: any;
  }
}

declare global {
  const htmx: any;
  /** Written in front of the field's worker by the server. */
  const CITY: { version: string; files: string[]; page: string; session: string; push: string };
}
