"""The page's capitals are the server's: the same vectors in Chromium, and in Node where it is."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess

import pytest

from tests.foundation.kernel.vectors import CAPITALS_JS, vectors

MODULE = "data:text/javascript;base64," + base64.b64encode(CAPITALS_JS.read_bytes()).decode()
# What both engines run: it returns what differs from the vectors.
RUN = """async ([module, capitals, amounts, wrong]) => {
  const js = await import(module);
  const text = (value) => value === null ? null : String(value);
  const refused = (call) => { try { call(); return false; } catch (error) { return error.name; } };
  return [
    ...capitals.filter((row) => js.toCapitals(row.fen) !== row.capitals),
    ...capitals.filter((row) => js.toCapitals(BigInt(row.fen), {bill: true})
                                !== "人民币" + row.capitals),
    ...capitals.flatMap((row) => [row.capitals, "人民币" + row.capitals, ...(row.also ?? [])]
                                 .filter((one) => text(js.fromCapitals(one)) !== row.fen)),
    ...wrong.filter((row) => js.fromCapitals(row.text) !== null),
    ...amounts.filter((row) => text(js.toFen(row.text)) !== row.fen),
    ...amounts.filter((row) => row.fen && text(js.toFen(js.toFigures(row.fen))) !== row.fen),
    ...[-1n, 10n ** 17n].filter((fen) => refused(() => js.toCapitals(fen)) !== "RangeError")
                        .map(String),
    ...[1, "1.5", "", "-1", null].filter((fen) => refused(() => js.toCapitals(fen))
                                                  !== "TypeError").map(String),
    ...(js.pasted(" １，２３４ .5\\n") === "1,234.5" ? [] : ["pasted"]),
  ];
}"""


def arguments() -> list[object]:
    return [MODULE, vectors("capitals"), vectors("amounts"), vectors("not_capitals")]


def test_chromium_writes_and_reads_every_vector(chromium):
    page = chromium.new_page()

    differing = page.evaluate(RUN, arguments())

    page.close()
    assert differing == []


@pytest.mark.skipif(not shutil.which("node"), reason="no Node on this machine")
def test_node_writes_and_reads_every_vector():
    script = f"({RUN})({json.dumps(arguments())}).then((r) => console.log(JSON.stringify(r)))"

    done = subprocess.run(
        ["node", "-"], input=script, capture_output=True, text=True, check=True, timeout=60
    )

    assert json.loads(done.stdout) == []
