// Names that classic scripts put on the page before our modules run.
import "leaflet";

declare module "leaflet" {
  namespace Map {
    let DjangoMap: any;
  }
}

declare global {
  const htmx: any;
}
