"use strict";

SwaggerUIBundle({
  url: document.getElementById("documents").dataset.schema,
  dom_id: "#documents",
  deepLinking: true,
});
