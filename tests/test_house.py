"""The house stands as pyproject.toml says it does, also where import tools cannot look."""

import ast
import inspect
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

ROOT = Path(settings.BASE_DIR)
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
STAIRS = [step.split(" | ") for step in CONTRACTS[0]["layers"]]
HEIGHT = {room: -number for number, step in enumerate(STAIRS) for room in step}
ROOMS = [app for app in apps.get_app_configs() if app.name.startswith("council.")]
MODELS = [model for app in ROOMS for model in app.get_models(include_auto_created=True)]
ACTIONS = sorted([*ROOT.glob("council/*/actions.py"), *ROOT.glob("council/*/actions/[a-z]*.py")])


def test_every_room_has_its_step():
    libraries = {"consensus"}  # no tables, no Django: no app
    assert {app.label for app in ROOMS} | libraries == set(HEIGHT)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_relations_look_down_or_sideways_in_their_own_room(model: type[models.Model]):
    user_model = apps.get_model(settings.AUTH_USER_MODEL)
    looking_up = [
        field.name
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and field.related_model is not user_model
        and field.related_model._meta.app_label in HEIGHT
        and HEIGHT[field.related_model._meta.app_label] > HEIGHT[model._meta.app_label]
    ]
    assert looking_up == []


@pytest.mark.parametrize("model", [m for m in MODELS if hasattr(m, "get_absolute_url")], ids=lambda m: m._meta.label)
def test_what_has_a_page_says_who_may_see_it(model: type[models.Model]):
    assert hasattr(model._default_manager, "visible_to")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_what_belongs_to_a_council_and_has_an_id_of_its_own_carries_its_council(model: type[models.Model]):
    fields = {field.name for field in model._meta.get_fields()}
    belongs = fields & {"meeting", "consultation", "opinion", "document", "version", "seat"}
    if belongs and isinstance(model._meta.pk, models.UUIDField):
        assert "council" in fields


@pytest.mark.parametrize("path", ACTIONS, ids=lambda path: str(path.relative_to(ROOT / "council")))
def test_every_verb_runs_in_a_transaction_of_its_own(path: Path):
    """What a room's actions offer the doors is atomic where it records; the rest only looks."""
    room = path.relative_to(ROOT / "council").parts[0]
    offered = vars(import_module(f"council.{room}.actions"))
    source = ast.parse(path.read_text())
    unguarded = [
        node.name
        for node in source.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and node.name in offered
        and any(isinstance(call, ast.Call) and getattr(call.func, "id", "") == "record" for call in ast.walk(node))
        and "transaction.atomic" not in {ast.unparse(decorator) for decorator in node.decorator_list}
        and node.name != "record"
    ]
    assert unguarded == []


def test_no_file_is_too_long_to_be_read_to_the_end():
    files = [path for folder in ("council", "config", "tests", "templates") for path in (ROOT / folder).rglob("*")]
    long = {
        str(path.relative_to(ROOT)): lines
        for path in files
        if path.suffix in {".py", ".html", ".css", ".js"} and "migrations" not in path.parts
        if (lines := len(path.read_text().splitlines())) > 500
    }
    assert long == {}


def test_the_docs_name_every_room():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    assert [room for room in HEIGHT if f"`{room}`" not in text] == []


def test_docstrings_are_where_the_next_reader_looks():
    undocumented = [
        f"{model._meta.label}" for model in MODELS if not inspect.getdoc(model) and not model._meta.auto_created
    ]
    assert undocumented == []
