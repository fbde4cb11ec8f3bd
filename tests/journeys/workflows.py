"""The ready workflows of deploy/, as their hosts run them: a fresh clone, and their own lines."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
HOSTS = ("github", "gitlab", "netlify")


def yaml(name: str) -> Any:
    return YAML(typ="safe").load(DEPLOY / name)


@dataclass
class Forge:
    """A repository with a site's text, and what its host keeps from one build to the next."""

    folder: Path
    site: str = ""
    service: str = ""
    said: list[str] = field(default_factory=list)

    @property
    def repository(self) -> Path:
        return self.folder / "repository"

    def git(self, *arguments: str) -> None:
        subprocess.run(
            ["git", *arguments], cwd=self.repository, check=True, capture_output=True, timeout=60
        )

    def begin(self) -> None:
        """The project's own text, in two commits; `pip` is there in name only, for all it would
        install is here."""
        self.repository.mkdir(parents=True)
        for name in ("pelicanconf.py", "publishconf.py", ".gitignore", "pyproject.toml"):
            shutil.copy(ROOT / name, self.repository)
        no_caches = shutil.ignore_patterns("__pycache__")
        for name in ("content", "theme", "plugins"):
            shutil.copytree(ROOT / name, self.repository / name, ignore=no_caches)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.git("config", "user.email", "camille@example.org")
        self.git("config", "user.name", "Camille Le Goff")
        self.git("add", "plugins", "theme", "*.py", ".gitignore", "pyproject.toml")
        self.git("commit", "--quiet", "-m", "The site")
        self.git("add", ".")
        self.git("commit", "--quiet", "-m", "Two briefs")
        pip = self.folder / "bin" / "pip"
        pip.parent.mkdir()
        pip.write_text('#!/bin/sh\necho "pip $@"\n', encoding="utf-8")
        pip.chmod(0o755)

    def build(self, host: str) -> Path | None:
        """Run the workflow of a host in a fresh clone; the folder to publish, or None."""
        clone = self.folder / "clone"
        shutil.rmtree(clone, ignore_errors=True)
        depth = ("--depth", "1") if host == "netlify" else ()  # whatever it does, it may
        command = ["git", "clone", "--quiet", *depth, self.repository.as_uri(), str(clone)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        kept = self.folder / f"kept-{host}"
        if kept.exists():
            shutil.copytree(kept, clone / "var", dirs_exist_ok=True)
        runs = {"github": self._github, "gitlab": self._gitlab, "netlify": self._netlify}
        built = runs[host](clone)
        for name in ("snapshot", "cache"):
            if (clone / "var" / name).exists():
                shutil.copytree(clone / "var" / name, kept / name, dirs_exist_ok=True)
        return clone / "public" if built else None

    def _github(self, clone: Path) -> bool:
        job = yaml("github-pages.yml")["jobs"]["build"]
        known = {
            "vars.EMERGENCE_SERVICE_URL": self.service,
            "steps.pages.outputs.base_url": self.site,
        }
        well = True
        for step in job["steps"]:
            if "run" in step and well is ("failure()" not in step.get("if", "")):
                environ = _evaluated(job["env"] | step.get("env", {}), known)
                well = self._run(clone, ["bash", "-e", "-c", step["run"]], environ) and well
        return well

    def _gitlab(self, clone: Path) -> bool:
        job = yaml("gitlab-ci.yml")["pages"]
        known = {"CI_PAGES_URL": self.site, "CI_PROJECT_DIR": str(clone)}
        environ = {name: Template(v).substitute(known) for name, v in job["variables"].items()}
        environ["EMERGENCE_SERVICE_URL"] = self.service  # a variable of the project
        lines = "\n".join(["set -eo pipefail", *job["before_script"], *job["script"]])
        return self._run(clone, ["bash", "-c", lines], environ)

    def _netlify(self, clone: Path) -> bool:
        build = tomllib.loads((DEPLOY / "netlify.toml").read_text(encoding="utf-8"))["build"]
        environ = build["environment"] | {"URL": self.site, "EMERGENCE_SERVICE_URL": self.service}
        cache = str(self.folder / "netlify")
        environ["EMERGENCE_DATA"] = environ["EMERGENCE_DATA"].replace("/opt/build", cache)
        return self._run(clone, ["bash", "-c", build["command"]], environ)

    def _run(self, clone: Path, command: list[str], environ: Mapping[str, str]) -> bool:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("EMERGENCE_")}
        path = f"{self.folder / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            command,
            cwd=clone,
            env={**inherited, "PATH": path, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        self.said.append(done.stdout)
        return done.returncode == 0


def _evaluated(environ: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """GitHub's expressions, as far as the workflow uses them: names, and `||` between them."""

    def value(expression: re.Match[str]) -> str:
        return next(filter(None, (known.get(n.strip(), "") for n in expression[1].split("||"))), "")

    return {name: re.sub(r"\$\{\{(.*?)\}\}", value, text) for name, text in environ.items()}
