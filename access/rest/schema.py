"""The OpenAPI 3.1 description of the API, made from what each operation declares."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.serializers import ListSerializer

from access.rest.problems import MEDIA_TYPE
from access.rest.shapes import Problem

WORDS = {
    400: "The request is malformed.",
    401: "Sign in, or send a token.",
    403: "You may see this, but not do it.",
    404: "There is no such thing, or you may not know of it.",
    405: "This address does not take this method.",
    406: "Only JSON is answered.",
    409: "The state of things does not allow it; `code` says why.",
    412: "Somebody changed it since you read it; `changed` says what.",
    413: "The body is too large.",
    415: "Only the media type documented is read.",
    422: "Something in the body is not valid; `fields` says what.",
    428: "If-Match is missing.",
    416: "There is no such range.",
    410: "It was deleted: its time was over.",
    460: "These bytes arrived damaged; send them again.",
    429: "Too many requests; `Retry-After` says how many seconds to wait.",
    503: "A part does not answer; try again.",
}
EVERYWHERE = (400, 401, 403, 404, 406, 429, 503)
NUMBER = {"type": "string", "pattern": "^[0-9]{8}-[0-9]{4,9}$", "examples": ["20261122-0048"]}
ID = {"type": "integer", "minimum": 1, "maximum": 999_999_999_999}


SECURITY = {
    "token": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token <secret>`, issued by an administrator."},
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "A signed-in browser; writes need `X-CSRFToken` too."},
}


class CitySchema(AutoSchema):
    """Reads `@operation(...)` of the method."""

    @property
    def declared(self) -> Any:
        """What the method says of itself, None for a view that is not ours."""
        return getattr(getattr(self.view, self.method.lower(), None), "operation", None)

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [{name: []} for name in SECURITY]

    def get_tags(self) -> list[str]:
        return [self.view.tag] if getattr(self.view, "tag", "") else list(super().get_tags())

    def get_operation_id(self) -> str:
        words = [part.strip("{}") for part in self.path.removeprefix("/api/v1/").strip("/").replace("-", "_").split("/")]
        return "_".join([*words, {"GET": "get", "POST": "post", "PATCH": "patch", "DELETE": "delete"}.get(self.method, self.method.lower())])

    def get_summary(self) -> str | None:
        words = (self.get_description() or "").split("\n")[0]
        return words.rstrip(".") or None

    def get_description(self) -> str:
        return str(getattr(self.view, "says", {}).get(self.method.lower(), "") or super().get_description())

    def get_request_serializer(self) -> Any:
        if self.declared is None:
            return super().get_request_serializer()
        if self.declared.is_stream:
            return {self.declared.media: bytes}
        return {self.declared.media: self.declared.takes} if self.declared.media else self.declared.takes

    def get_response_serializers(self) -> Any:
        declared = self.declared
        if declared is None:
            return super().get_response_serializers()
        answers: dict[Any, Any] = {}
        for status in (declared.status, *declared.also):
            kept = (status, declared.media) if declared.media and self.method == "GET" else status
            answers[kept] = self._good(declared, status)
        writes = self.method in ("POST", "PATCH", "PUT")
        refusals = {*EVERYWHERE, *declared.refusals, *((409, 413, 415, 422) if writes else ())}
        if declared.needs_match or declared.may_match:
            refusals |= {412}
        if declared.needs_match:
            refusals |= {428}
        for status in sorted(refusals):
            answers[(status, MEDIA_TYPE)] = OpenApiResponse(Problem, description=WORDS[status])
        return answers

    def _good(self, declared: Any, status: int) -> OpenApiResponse:
        if status == 304:
            return OpenApiResponse(None, description="You have this already.")
        if declared.media and self.method == "GET":
            return OpenApiResponse(bytes, description="The file itself.")
        shape = declared.gives(many=True) if declared.gives is not None and declared.many else declared.gives
        return OpenApiResponse(shape, description="Done." if self.method != "GET" else "What was asked for.")

    def _is_list_view(self, serializer: Any = None) -> bool:
        return isinstance(serializer, ListSerializer) if self.declared is not None else bool(super()._is_list_view(serializer))

    def get_override_parameters(self) -> list[Any]:
        declared = self.declared
        if declared is None:
            return []
        found: list[Any] = [*_path_parameters(self.path), *_answer_headers(declared, self.method)]
        if declared.query is not None:
            found.append(declared.query)
        found += [_header(name, says) for name, says in declared.headers.items()]
        if self.method == "POST":
            found.append(
                _header("Idempotency-Key", "The same key with the same body is done once and answered alike for 24 hours.", pattern="^[!-~]{1,100}$")
            )
        if declared.needs_match or declared.may_match:
            found.append(_header("If-Match", "The ETag that you read; 412 when somebody changed it since.", required=declared.needs_match))
        if self.method == "GET" and not declared.is_private:
            found.append(_header("If-None-Match", "The ETag that you have; 304 when nothing changed."))
        return found


def _header(name: str, says: str, *, required: bool = False, pattern: str | None = None) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, required=required, description=says, pattern=pattern)


def _path_parameters(path: str) -> list[OpenApiParameter]:
    kinds: dict[str, Any] = {"number": NUMBER}
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [
        OpenApiParameter(name, kinds.get(name, {"type": "string", "pattern": "^[0-9a-zA-Z]{4,40}$"} if name == "key" else ID), OpenApiParameter.PATH)
        for name in names
    ]


def _answer_headers(declared: Any, method: str) -> list[OpenApiParameter]:
    said = [
        OpenApiParameter("X-Request-ID", str, OpenApiParameter.HEADER, response=True, description="Under this id the request stands in the logs.")
    ]
    if declared.gives is not None and not declared.is_private and (method == "GET" or declared.is_versioned):
        said.append(
            OpenApiParameter(
                "ETag", str, OpenApiParameter.HEADER, response=[declared.status, *declared.also], description="The version of what was answered."
            )
        )
    if declared.status == 201:
        said.append(OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[201], description="Where the new thing is."))
    if method == "POST":
        said.append(
            OpenApiParameter(
                "Idempotency-Replayed", str, OpenApiParameter.HEADER, response=[declared.status], description="`true` when this was answered before."
            )
        )
    said.append(OpenApiParameter("Retry-After", int, OpenApiParameter.HEADER, response=[429, 503], description="Seconds to wait."))
    said.append(OpenApiParameter("WWW-Authenticate", str, OpenApiParameter.HEADER, response=[401], description="How to say who you are."))
    return said


def finish(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """What the generator cannot say: how to sign in, and that what is sent may hold known fields only."""
    components = result["components"]
    components["securitySchemes"] = SECURITY
    for name, shape in components["schemas"].items():
        if name.endswith("Request") and shape.get("type") == "object":
            shape["additionalProperties"] = False
    return result
