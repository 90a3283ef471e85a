"use strict";

const place = document.getElementById("docs");

/* What a screen reader finds its way by: the second heading level that Swagger UI leaves out, and named regions. */
const landmarks = ({ React }) => {
  const e = React.createElement;
  const named = (label) => (Part) => (props) => e("section", { "aria-label": label }, e(Part, props));
  return {
    wrapComponents: {
      InfoContainer: named(place.dataset.about),
      FilterContainer: named(place.dataset.filter),
      operations: (Operations) => (props) =>
        e(React.Fragment, null, e("h2", { className: "hidden-heading" }, place.dataset.operations), e(Operations, props)),
    },
  };
};

SwaggerUIBundle({
  domNode: place,
  plugins: [landmarks],
  url: place.dataset.schema,
  validatorUrl: null,
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  persistAuthorization: false,
  requestInterceptor: (request) => {
    if (new URL(request.url, location.href).origin === location.origin) {
      request.headers["X-CSRFToken"] = place.dataset.csrf;
    }
    return request;
  },
});
