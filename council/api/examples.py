"""An example of every request and every answer in the OpenAPI document, made of its schema and of the words below."""

import re
from typing import Any

FORMATS = {
    "uuid": "018a6d2e-7c40-7b31-9c55-2f1d6a3e8b04",
    "date-time": "2023-09-05T14:00:00+09:00",
    "date": "2023-09-05",
    "duration": "PT2H",
    "uri": "https://council.example/",
    "email": "member@council.example",
    "binary": "…",
}
WORDS = {
    "Person.name": "김하늘",
    "OrganisationRef.name": "누리솔루션",
    "Organisation.name": "누리솔루션",
    "Region.name": "경상남도",
    "name": "디지털 제조혁신 협의체",
    "title": "디지털 제조혁신 전략(안)",
    "heading": "로봇·자동화 설비 우선 지원",
    "text": "기초 단계 기업에는 로봇과 자동화 설비를 우선 지원한다.",
    "proposed_text": "자부담 비율은 30%로 한다.",
    "reason": "소기업에는 50%의 자부담이 큰 부담입니다.",
    "gist": "자부담 비율을 낮추어 주십시오.",
    "note": "접수번호 0417",
    "place": "대한상공회의소 중회의실",
    "presenter": "제조혁신 담당 부서",
    "number": "1",
    "cursor": "cD0wMThhNmQyZQ==",
    "scopes": "opinions:read",
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "business_number": "124-81-00998",
    "region": "gyeongnam",
    "industry": "C10",
    "level": "kosmo4-basic",
}
DEEP = 6


def add_examples(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Give every JSON or form content of the document an example; those of named schemas are kept once."""
    components = result["components"]
    kept = components.setdefault("examples", {})
    for operation in (each for path in result["paths"].values() for each in path.values()):
        contents = [operation.get("requestBody", {}), *operation["responses"].values()]
        for media in (media for content in contents for media in content.get("content", {}).values()):
            _add(media, components["schemas"], kept)
    components["examples"] = dict(sorted(kept.items()))
    return result


def _add(media: dict[str, Any], schemas: dict[str, Any], kept: dict[str, Any]) -> None:
    schema = media.get("schema", {})
    if "example" in media or "examples" in media or schema.get("format") == "binary":
        return
    name = schema.get("$ref", "").rpartition("/")[2]
    if not name:
        media["example"] = example(schema, schemas)
        return
    if name not in kept:
        kept[name] = {"value": example(schema, schemas)}
    media["examples"] = {name: {"$ref": f"#/components/examples/{name}"}}


def example(schema: dict[str, Any], schemas: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """Something that a schema allows.

    Args:
        schemas: The named ones.
        name: The field it stands in, which says what words fit; ``Person.name`` where one kind of thing has its own.
        depth: How deep it stands; what is optional ends at some depth.
    """
    if "$ref" in schema:
        called = schema["$ref"].rpartition("/")[2]
        return example({"title": called, **schemas[called]}, schemas, name, depth)
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return example(schema[several][0], schemas, name, depth)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    kind = schema.get("type")
    kind = next((each for each in kind if each != "null"), "null") if isinstance(kind, list) else kind
    match kind:
        case "object" | None:
            return _object(schema, schemas, depth)
        case "array":
            one = depth < DEEP or schema.get("minItems")
            return (
                [example(schema.get("items", {}), schemas, name, depth + 1)] * max(1, schema.get("minItems", 1))
                if one
                else []
            )
        case "string":
            return _string(schema, name)
        case "integer" | "number":
            return max(schema.get("minimum", 1), min(1, schema.get("maximum", 1)))
        case "boolean":
            return schema.get("default", True)
    return None


def _object(schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> dict[str, Any]:
    fields, required = schema.get("properties", {}), schema.get("required", [])
    shown = {name for name in fields if name in required or (depth < 2 and name not in {"next", "previous"})}
    whose = f"{schema.get('title', '')}."
    words = {name: f"{whose}{name}" if f"{whose}{name}" in WORDS else name for name in shown}
    return {name: example(fields[name], schemas, words[name], depth + 1) for name in fields if name in shown}


def _string(schema: dict[str, Any], name: str) -> str:
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    word = WORDS.get(name) or WORDS.get(name.rpartition("_")[2]) or WORDS.get(name.rstrip("s")) or "제조혁신"
    word = word[: schema.get("maxLength", len(word))]
    if "pattern" in schema and not re.search(schema["pattern"], word):
        word = _fitting(schema["pattern"])
    return word


def _fitting(pattern: str) -> str:
    """One of a few words that fits a pattern."""
    return next(
        (word for word in ("abc-1", "1", "14:00", "0123456789abcdef", "ABCD2345", "") if re.search(pattern, word)), ""
    )
