"""The API's description is valid, and leaves no route out."""

import re

from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator


def test_the_description_is_valid_openapi(visitor: FlaskClient) -> None:
    document = visitor.get("/api/v1/openapi.json").json
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_route_is_described_and_nothing_else_is(app: Flask, visitor: FlaskClient) -> None:
    described = {
        (path, method.upper())
        for path, item in visitor.get("/api/v1/openapi.json").json["paths"].items()
        for method in item
        if method != "parameters"
    }
    routed = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/api/", "/hooks/"))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == routed
