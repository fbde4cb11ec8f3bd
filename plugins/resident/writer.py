"""A Pelican writer that replaces files whole, and knows which list pages show which articles."""

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from pelican.writers import Writer

from ..discussion.files import replace

_MISSING = object()


class _Replacement(io.StringIO):
    """Text that becomes the file once it is complete; after an error the old file stays."""

    def __init__(self, path: str, encoding: str) -> None:
        super().__init__()
        self._path, self._encoding = path, encoding

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            replace(self._path, self.getvalue().encode(self._encoding))
        super().close()


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page that shows several articles: all that it takes to render it again."""

    name: str
    template: Any
    shown: dict[str, Any]

    def articles(self) -> Iterator[Any]:
        """The articles that it lists."""
        page = self.shown.get("articles_page")
        yield from page.object_list if page else self.shown.get("listing", ())


class _Noting:
    """A template that passes on what it is rendered with."""

    def __init__(self, template: Any, note: Callable[[Any, dict[str, Any]], None]) -> None:
        self._template, self._note = template, note

    def render(self, context: dict[str, Any]) -> str:
        self._note(self._template, context)
        text: str = self._template.render(context)
        return text


class AtomicWriter(Writer):  # type: ignore[misc]
    """Pelican's writer, but a reader of the site sees the old file or the new one."""

    def __init__(self, output_path: str, settings: dict[str, Any] | None = None) -> None:
        super().__init__(output_path, settings=settings)
        self.list_pages: dict[str, ListPage] = {}

    def begin_again(self) -> None:
        """Allow every file to be written once more."""
        self._written_files.clear()
        self._overridden_files.clear()

    def write_file(self, name: Any, template: Any, context: Any, *args: Any, **more: Any) -> None:
        """Render and write, as Pelican's writer does."""

        def note(template: Any, shown: dict[str, Any]) -> None:
            if "articles_page" in shown or "listing" in shown:
                own = {k: v for k, v in shown.items() if context.get(k, _MISSING) is not v}
                self.list_pages[shown["output_file"]] = ListPage(
                    shown["output_file"], template, own
                )

        super().write_file(name, _Noting(template, note), context, *args, **more)

    def write_list_page(self, page: ListPage, context: dict[str, Any]) -> None:
        """Render one page of a list again."""
        if site := page.shown.get("localsiteurl"):
            context["localsiteurl"] = site  # where Pelican's contents look it up
        text = page.template.render({**context, **page.shown})
        replace(os.path.join(self.output_path, page.name), text.encode())

    def _open_w(self, filename: str, encoding: str, override: bool = False) -> Any:
        if filename in self._written_files:
            return super()._open_w(filename, encoding, override)  # Pelican knows what to do
        self._written_files.add(filename)
        if override:
            self._overridden_files.add(filename)
        return _Replacement(filename, encoding)
