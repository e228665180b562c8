"""Templates as PDF: printed by the server, so that the sheet is the same wherever it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Never

from django.http import HttpResponse
from django.template.loader import render_to_string

STYLE = """
@page { size: A4; margin: 18mm 16mm; @bottom-right { content: counter(page) " / " counter(pages);
  font: 9pt "Noto Sans CJK SC", sans-serif; } }
@page wide { size: A4 landscape; }
.wide { page: wide; }
.sheet + .sheet { break-before: page; }
body { font: 10pt "Noto Sans CJK SC", sans-serif; color: #000; }
h1 { font-size: 15pt; margin: 0 0 3mm; } h2 { font-size: 11pt; margin: 5mm 0 2mm; }
table { width: 100%; border-collapse: collapse; } thead { display: table-header-group; }
th, td { border-bottom: .3pt solid #777; padding: 1mm 1.5mm; text-align: left; }
td { vertical-align: top; }
tr { break-inside: avoid; } .r { text-align: right; white-space: nowrap; }
.code { font: 8pt monospace; overflow-wrap: anywhere; }
.sign { table-layout: fixed; } .sign td { height: 16mm; border: .3pt solid #777; }
dt { float: left; clear: left; width: 42mm; color: #444; } dd { margin: 0 0 1mm 44mm; }
"""


def answer(template: str, context: Mapping[str, Any], *, name: str) -> HttpResponse:
    """Return the template as a PDF to be saved under the name; nothing is fetched for it."""
    response = HttpResponse(printed(template, context), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


def printed(template: str, context: Mapping[str, Any]) -> bytes:
    """Return the template as a PDF to be kept; nothing is fetched for it."""
    # Two hundred modules that most processes never need.
    import weasyprint

    page = weasyprint.HTML(string=render_to_string(template, dict(context)), url_fetcher=_refuse)
    body: bytes = page.write_pdf(stylesheets=[weasyprint.CSS(string=STYLE, url_fetcher=_refuse)])
    return body


def _refuse(url: str, *_args: object, **_more: object) -> Never:
    raise ValueError(f"a report holds no address: {url[:80]}")
